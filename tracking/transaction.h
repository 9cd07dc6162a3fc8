#pragma once

#include <utility>

#include "base/error.h"
#include "tracking/database.h"

namespace quantrail::tracking {

/// Begins now; rolls back on destruction unless commit() succeeded.
class Transaction {
 public:
  /// A transaction that writes: waits here, not in its middle, for others that write.
  /// Errors: Blocked when they take too long; Storage, also when the file was deleted or replaced.
  [[nodiscard]] static Result<Transaction> write(Database& database);
  /// Several reads that see one state of the store.
  [[nodiscard]] static Result<Transaction> read(Database& database);

  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// After a failure nothing was written; the connection can be used again once this object is gone.
  [[nodiscard]] Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  ///< null once committed or moved from
};

}  // namespace quantrail::tracking
