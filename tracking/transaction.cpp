#include "tracking/transaction.h"

#include "base/fail_point.h"

namespace quantrail::tracking {

Result<Transaction> Transaction::write(Database& database) {
  if (database.moved()) {
    return fail(Cause::Storage, "{}: the experiment store was deleted or replaced while in use",
                database.path().string());
  }
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return failed(begun);
  return Transaction(database);
}

Result<Transaction> Transaction::read(Database& database) {
  if (auto begun = database.execute("BEGIN"); !begun) return failed(begun);
  return Transaction(database);
}

Transaction::~Transaction() {
  // SQLite itself rolls back after some failures, such as a full disk.
  if (database_ != nullptr && database_->in_transaction()) static_cast<void>(database_->execute("ROLLBACK"));
}

Status Transaction::commit() {
  fail_point("commit");
  if (auto committed = database_->execute("COMMIT"); !committed) return committed;
  fail_point("committed");
  database_ = nullptr;
  return {};
}

}  // namespace quantrail::tracking
