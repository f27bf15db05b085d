#ifndef UETLOG_FUZZER_H
#define UETLOG_FUZZER_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's main loop, as the archive without a main has it. */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

#endif
