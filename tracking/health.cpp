#include "tracking/health.h"

#include "tracking/statement.h"

namespace quantrail::tracking {

Status checked(const Store& store) {
  auto database = store.connect();
  if (!database) return failed(database);
  std::string problem;
  // quick_check does not compare indexes with their tables.
  auto read = each_row(*database, "PRAGMA integrity_check(1)", {}, [&](const Row& row) -> Status {
    if (row.text(0) != "ok") problem = row.text(0);
    return {};
  });
  if (!read) return failed(read);
  read = each_row(*database, "PRAGMA foreign_key_check", {}, [&](const Row& row) -> Status {
    problem = fmt::format("a row of {} refers to a row of {} that is not there", row.text(0), row.text(2));
    return {};
  });
  if (!read) return failed(read);
  if (!problem.empty()) return tl::unexpected(damaged_store(store.database_path(), problem));
  return {};
}

}  // namespace quantrail::tracking
