#include "base/text.h"
#include "tracking/run_query.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

std::vector<std::string> columns_of(const std::string& text) {
  std::vector<std::string> columns;
  for (std::size_t at = 0; at < text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    columns.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return columns;
}

/// Whether the query would be understood.
Status check(const RunQuery& query) {
  if (const auto filter = RunFilter::parse(query.filter); !filter) return failed(filter);
  std::vector<std::string> fields = query.columns;
  if (!query.sort.empty()) fields.push_back(query.sort.substr(query.sort.front() == '-' ? 1 : 0));
  for (const auto& name : fields) {
    if (const auto field = run_field(name); !field) return failed(field);
  }
  return {};
}

}  // namespace

Result<std::vector<View>> views(const Store& store) {
  auto database = store.connect();
  if (!database) return failed(database);
  std::vector<View> all;
  const auto read =
      each_row(*database, "SELECT name, filter, sort, columns FROM views ORDER BY name", {}, [&](const Row& row) {
        all.push_back({row.text(0), {.filter = row.text(1), .sort = row.text(2), .columns = columns_of(row.text(3))}});
      });
  if (!read) return failed(read);
  return all;
}

Result<View> view(const Store& store, std::string_view name) {
  const auto all = views(store);
  if (!all) return failed(all);
  std::vector<std::string> names;
  for (const auto& one : *all) {
    if (one.name == name) return one;
    names.push_back(one.name);
  }
  if (names.empty()) return fail(Cause::InvalidInput, "there is no view \"{}\": none was saved yet", printable(name));
  return fail(Cause::InvalidInput, "there is no view \"{}\"{}; there are {}", printable(name),
              did_you_mean(name, names), printable(joined(names, ", ")));
}

Status save_view(const Store& store, const View& view) {
  if (view.name.empty()) return fail(Cause::InvalidInput, "a view needs a name");
  if (auto sound = check(view.query); !sound) return sound;
  auto database = store.connect();
  if (!database) return failed(database);
  auto transaction = Transaction::write(*database);
  if (!transaction) return failed(transaction);
  const std::string columns = joined(view.query.columns, ",");
  auto saved = run(*database, "INSERT OR REPLACE INTO views(name, filter, sort, columns) VALUES(?1, ?2, ?3, ?4)",
                   {std::string_view(view.name), std::string_view(view.query.filter), std::string_view(view.query.sort),
                    std::string_view(columns)});
  return saved ? transaction->commit() : saved;
}

Status forget_view(const Store& store, std::string_view name) {
  if (const auto known = view(store, name); !known) return failed(known);
  auto database = store.connect();
  if (!database) return failed(database);
  auto transaction = Transaction::write(*database);
  if (!transaction) return failed(transaction);
  auto gone = run(*database, "DELETE FROM views WHERE name = ?1", {name});
  return gone ? transaction->commit() : gone;
}

}  // namespace quantrail::tracking
