#include "tracking/statement.h"

#include <sqlite3.h>

#include <algorithm>
#include <limits>

namespace quantrail::tracking {
namespace {

int bind_value(sqlite3_stmt* statement, int at, const Value& value) {
  switch (value.index()) {
    case 1: return sqlite3_bind_int64(statement, at, std::get<std::int64_t>(value));
    case 2: return sqlite3_bind_double(statement, at, std::get<double>(value));
    case 3: {
      // A null pointer would bind NULL, and an empty string_view may hold one.
      const auto text = std::get<std::string_view>(value);
      return sqlite3_bind_text64(statement, at, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                                 SQLITE_UTF8);
    }
    case 4: {
      const auto bytes = std::get<std::span<const std::uint8_t>>(value);
      if (bytes.empty()) return sqlite3_bind_zeroblob(statement, at, 0);
      return sqlite3_bind_blob64(statement, at, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    }
    default: return sqlite3_bind_null(statement, at);
  }
}

}  // namespace

bool Row::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Row::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double Row::real(int column) const {
  return is_null(column) ? std::numeric_limits<double>::quiet_NaN() : sqlite3_column_double(statement_, column);
}

std::optional<double> Row::optional_real(int column) const {
  if (is_null(column)) return std::nullopt;
  return sqlite3_column_double(statement_, column);
}

std::string Row::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return text == nullptr ? std::string() : std::string(text, size);
}

std::vector<std::uint8_t> Row::blob(int column) const {
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::vector<std::uint8_t>() : std::vector<std::uint8_t>(bytes, bytes + size);
}

Digest Row::digest(int column) const {
  Digest digest;
  const auto bytes = blob(column);
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.bytes.size()), digest.bytes.begin());
  return digest;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

Result<Statement> Statement::prepare(Database& database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(database.latest_error());
  return Statement(database, statement);
}

Status Statement::bind(std::initializer_list<Value> values) {
  reset();
  int at = 0;
  for (const Value& value : values) {
    if (bind_value(statement_.get(), ++at, value) != SQLITE_OK) return tl::unexpected(database_->latest_error());
  }
  return {};
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  const Error error = database_->latest_error();
  reset();
  return tl::unexpected(error);
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

Status each_row(Database& database, std::string_view sql, std::initializer_list<Value> values,
                const std::function<void(const Row&)>& take) {
  auto statement = Statement::prepare(database, sql);
  if (!statement) return failed(statement);
  if (auto bound = statement->bind(values); !bound) return bound;
  for (;;) {
    const auto more = statement->step();
    if (!more) return failed(more);
    if (!*more) return {};
    take(statement->row());
  }
}

Status run(Database& database, std::string_view sql, std::initializer_list<Value> values) {
  return each_row(database, sql, values, [](const Row&) {});
}

Result<std::optional<std::int64_t>> first_integer(Database& database, std::string_view sql,
                                                  std::initializer_list<Value> values) {
  std::optional<std::int64_t> first;
  bool seen = false;
  const auto read = each_row(database, sql, values, [&](const Row& row) {
    if (!seen && !row.is_null(0)) first = row.integer(0);
    seen = true;
  });
  if (!read) return failed(read);
  return first;
}

}  // namespace quantrail::tracking
