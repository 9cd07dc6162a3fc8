#include "tracking/health.h"

#include <sstream>
#include <vector>

#include "base/text.h"
#include "tracking/statement.h"

namespace quantrail::tracking {

namespace {

/// SQLite's "*** in database main ***\nPage 62: ..." without what is known anyway.
std::string in_one_line(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && !line.starts_with("***")) lines.push_back(line);
  }
  return joined(lines, "; ");
}

}  // namespace

Status checked(const Store& store) {
  auto database = store.connect();
  if (!database) return failed(database);
  std::string problem;
  // quick_check does not compare indexes with their tables.
  auto read = each_row(*database, "PRAGMA integrity_check(1)", {}, [&](const Row& row) -> Status {
    if (row.text(0) != "ok") problem = in_one_line(row.text(0));
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
