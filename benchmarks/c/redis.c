// A Redis stream: `*` as id, so that the server numbers the events. How durable a receipt is, the
// server's appendfsync says.
#include "peer.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { id_length = 48, page = 2000 };

static redisContext *server;
static uint64_t pending, done;
static char (*ids)[id_length];
static uint64_t id_count;

// TARGET is the server's port on 127.0.0.1.
void peer_open(const char *target) {
  server = redisConnect("127.0.0.1", atoi(target));
  if (server == NULL || server->err) fail("no Redis at port %s", target);
}

static redisReply *checked(redisReply *reply) {
  if (reply == NULL) fail("Redis: %s", server->errstr);
  if (reply->type == REDIS_REPLY_ERROR) fail("Redis: %s", reply->str);
  return reply;
}

void peer_reset(void) { freeReplyObject(checked(redisCommand(server, "DEL events"))); }

void peer_begin(void) { pending = 0; }

void peer_put(struct text line) {
  redisAppendCommand(server, "XADD events * d %b", line.bytes, line.length);
  pending += 1;
}

uint64_t peer_commit(void) {
  for (; pending > 0; pending--) {
    redisReply *reply = NULL;
    redisGetReply(server, (void **)&reply);
    freeReplyObject(checked(reply));
    done += 1;
  }
  return done;
}

// Calls `visit` with each event in order.
static uint64_t walk(void (*visit)(const redisReply *id, const redisReply *value)) {
  char last[id_length] = "-";
  uint64_t count = 0;
  for (;;) {
    redisReply *reply = checked(redisCommand(server, "XRANGE events %s + COUNT %d", last, page));
    for (size_t index = 0; index < reply->elements; index++, count++) {
      const redisReply *event = reply->element[index];
      visit(event->element[0], event->element[1]->element[1]);
    }
    if (reply->elements > 0) {
      snprintf(last, sizeof last, "(%s", reply->element[reply->elements - 1]->element[0]->str);
    }
    size_t found = reply->elements;
    freeReplyObject(reply);
    if (found < page) return count;
  }
}

static void keep(const redisReply *id, const redisReply *value) {
  (void)value;
  if (id_count % 65536 == 0) ids = realloc(ids, (size_t)(id_count + 65536) * sizeof *ids);
  snprintf(ids[id_count++], sizeof *ids, "%s", id->str);
}

// By the stream's own ids, which the first read asks for.
size_t peer_read(const char *id, uint64_t position) {
  (void)id;
  if (ids == NULL) walk(keep);
  if (position == 0 || position > id_count) return 0;
  const char *place = ids[position - 1];
  redisReply *reply = checked(redisCommand(server, "XRANGE events %s %s", place, place));
  size_t length = reply->elements == 1 ? reply->element[0]->element[1]->element[1]->len : 0;
  freeReplyObject(reply);
  return length;
}

static volatile unsigned sum;

static void touch(const redisReply *id, const redisReply *value) {
  (void)id;
  sum += (unsigned char)value->str[0];
}

uint64_t peer_scan(void) { return walk(touch); }

void peer_close(void) { redisFree(server); }
