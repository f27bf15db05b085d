#include <features.h>
#include <openssl/opensslv.h>

// Which instructions the processor has, for libcrypto's assembly.
//
// libcrypto asks the processor itself, before `main`: seven CPUIDs. On a virtual machine each of
// them leaves it for the hypervisor, for five microseconds and more, which a process of two
// milliseconds feels. glibc has asked already and keeps the answers. In a static program this
// function stands in the place of libcrypto's own; a shared libcrypto keeps to its own.
#if defined(__x86_64__) && defined(__GLIBC__) && \
    OPENSSL_VERSION_NUMBER >= 0x30000000L && OPENSSL_VERSION_NUMBER < 0x30400000L
#if __GLIBC_PREREQ(2, 33)

#include <sys/platform/x86.h>

/// The words that libcrypto's assembly looks at: CPUID 1 EDX and ECX, CPUID 7 EBX and ECX.
unsigned int OPENSSL_ia32cap_P[4];

void OPENSSL_cpuid_setup(void);

void OPENSSL_cpuid_setup(void) {
  const struct cpuid_feature *one = __x86_get_cpuid_feature_leaf(CPUID_INDEX_1);
  const struct cpuid_feature *seven = __x86_get_cpuid_feature_leaf(CPUID_INDEX_7);
  // `active` has only what the system lets programs use. Bit 10 says that it was asked for; bit 30
  // would say that it is an Intel processor, bit 11 of ECX that it has AMD's XOP.
  OPENSSL_ia32cap_P[0] = (one->active_array[3] & ~(1u << 30)) | 1u << 10;
  OPENSSL_ia32cap_P[1] = one->active_array[2] & ~(1u << 11);
  OPENSSL_ia32cap_P[2] = seven->active_array[1];
  OPENSSL_ia32cap_P[3] = seven->active_array[2];
}

#endif
#endif
