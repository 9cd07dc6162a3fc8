#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "tracking/database.h"

struct sqlite3_stmt;

namespace quantrail::tracking {

/// What a statement's parameter is bound to. SQLite has no NaN: it is bound as NULL, and Row::real reads NULL as NaN.
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, std::span<const std::uint8_t>>;

/// The row that a statement stands on; valid until its next step. Columns count from 0.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;  ///< NaN for NULL
  [[nodiscard]] std::optional<double> optional_real(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::vector<std::uint8_t> blob(int column) const;
  [[nodiscard]] Digest digest(int column) const;  ///< all zero for NULL

 private:
  sqlite3_stmt* statement_;
};

/// One compiled statement. A statement that stands on a row keeps other connections from writing: read it to its end,
/// or destroy it. Prefer run, each_row and first_integer, which cannot leave one standing.
class Statement {
 public:
  [[nodiscard]] static Result<Statement> prepare(Database& database, std::string_view sql);

  /// Starts over with these values for ?1, ?2, ...
  [[nodiscard]] Status bind(std::initializer_list<Value> values);
  /// Goes to the next row: true when there is one; at the end, false, and the statement is reset.
  [[nodiscard]] Result<bool> step();
  [[nodiscard]] Row row() const { return Row(statement_.get()); }
  void reset();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  Statement(Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}

  Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Runs one statement to its end; rows are ignored.
[[nodiscard]] Status run(Database& database, std::string_view sql, std::initializer_list<Value> values = {});

/// Calls `take` for every row of a query.
[[nodiscard]] Status each_row(Database& database, std::string_view sql, std::initializer_list<Value> values,
                              const std::function<void(const Row&)>& take);

/// The first column of a query's first row; nothing when it has no rows or the value is NULL.
[[nodiscard]] Result<std::optional<std::int64_t>> first_integer(Database& database, std::string_view sql,
                                                                std::initializer_list<Value> values = {});

}  // namespace quantrail::tracking
