#include "watched_statements.h"

#include <sqlite3.h>

namespace quantrail::tracking {
namespace {

WatchedStatements::Told& listener() {
  static WatchedStatements::Told told;
  return told;
}

int heard(unsigned what, void*, void* statement, void*) {
  if (const char* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement)); sql != nullptr && listener())
    listener()(sql, what == SQLITE_TRACE_PROFILE);
  return 0;
}

int watch(sqlite3* database, char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(database, SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE, heard, nullptr);
}

void (*entry_point())() { return reinterpret_cast<void (*)()>(&watch); }

}  // namespace

WatchedStatements::WatchedStatements(Told told) {
  listener() = std::move(told);
  sqlite3_auto_extension(entry_point());
}

WatchedStatements::~WatchedStatements() {
  sqlite3_cancel_auto_extension(entry_point());
  listener() = nullptr;
}

}  // namespace quantrail::tracking
