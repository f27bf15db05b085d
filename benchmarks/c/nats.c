// A NATS JetStream stream in a file. How durable a receipt is, the server's sync_interval says.
#include "peer.h"

#include <nats/nats.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static natsConnection *connection;
static jsCtx *stream;
static uint64_t first_pending, done;
static bool is_pending;

static void check(natsStatus status, const char *what) {
  if (status != NATS_OK) fail("%s: %s", what, natsStatus_GetText(status));
}

// TARGET is the server's port on 127.0.0.1.
void peer_open(const char *target) {
  char address[64] = "nats://127.0.0.1:";
  strncat(address, target, sizeof address - strlen(address) - 1);
  check(natsConnection_ConnectTo(&connection, address), "connecting");
  jsOptions options;
  jsOptions_Init(&options);
  options.PublishAsync.MaxPending = 4000;
  check(natsConnection_JetStream(&stream, connection, &options), "JetStream");
}

void peer_reset(void) {
  jsErrCode error;
  js_DeleteStream(stream, "EVENTS", NULL, &error);
  const char *subjects[] = {"events"};
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = "EVENTS";
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Storage = js_FileStorage;
  jsStreamInfo *info = NULL;
  check(js_AddStream(&info, stream, &config, NULL, &error), "adding a stream");
  jsStreamInfo_Destroy(info);
}

void peer_begin(void) {
  is_pending = false;
  first_pending = done;
}

// The first event of a transaction waits for what follows: one alone is published and answered.
static char *held;
static size_t held_length;

static void publish_held(void) {
  if (held == NULL) return;
  check(js_PublishAsync(stream, "events", held, (int)held_length, NULL), "publishing");
  free(held);
  held = NULL;
}

void peer_put(struct text line) {
  if (done > first_pending) {
    publish_held();
    check(js_PublishAsync(stream, "events", line.bytes, (int)line.length, NULL), "publishing");
    is_pending = true;
  } else {
    held = memcpy(malloc(line.length), line.bytes, line.length);
    held_length = line.length;
  }
  done += 1;
}

uint64_t peer_commit(void) {
  if (held != NULL) {
    jsErrCode error;
    jsPubAck *receipt = NULL;
    check(js_Publish(&receipt, stream, "events", held, (int)held_length, NULL, &error),
          "publishing");
    jsPubAck_Destroy(receipt);
    free(held);
    held = NULL;
  }
  if (is_pending) {
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = 60000;
    check(js_PublishAsyncComplete(stream, &options), "waiting for receipts");
  }
  return done;
}

size_t peer_read(const char *id, uint64_t position) {
  (void)id;
  natsMsg *message = NULL;
  jsErrCode error;
  check(js_GetMsg(&message, stream, "EVENTS", position, NULL, &error), "reading");
  size_t length = (size_t)natsMsg_GetDataLength(message);
  natsMsg_Destroy(message);
  return length;
}

static volatile uint64_t received;
static volatile unsigned sum;

static void take(natsConnection *from, natsSubscription *by, natsMsg *message, void *closure) {
  (void)from, (void)by, (void)closure;
  sum += (unsigned char)natsMsg_GetData(message)[0];
  received += 1;
  natsMsg_Destroy(message);
}

uint64_t peer_scan(void) {
  jsErrCode error;
  jsStreamInfo *info = NULL;
  check(js_GetStreamInfo(&info, stream, "EVENTS", NULL, &error), "asking for the stream");
  uint64_t count = info->State.Msgs;
  jsStreamInfo_Destroy(info);
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Ordered = true;
  natsSubscription *subscription = NULL;
  received = 0;
  check(js_Subscribe(&subscription, stream, "events", take, NULL, NULL, &options, &error),
        "subscribing");
  for (time_t end = time(NULL) + 120; received < count; usleep(500)) {
    if (time(NULL) > end) fail("only %llu of %llu events came", (unsigned long long)received,
                               (unsigned long long)count);
  }
  natsSubscription_Destroy(subscription);
  return count;
}

void peer_close(void) {
  jsCtx_Destroy(stream);
  natsConnection_Destroy(connection);
}
