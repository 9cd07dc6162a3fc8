#include <fmt/format.h>

#include <algorithm>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"
#include "app/records_json.h"
#include "app/table.h"
#include "app/terminal_width.h"
#include "base/text.h"
#include "tracking/run_query.h"

namespace quantrail::app {
namespace {

using tracking::RunFacts;
using tracking::RunQuery;

const std::vector<std::string> kColumns{"id",        "name", "state", "outcome",  "model",      "metric",  "float",
                                        "quantized", "best", "drop",  "reverted", "iterations", "created", "tags"};
/// What a terminal of fewer columns does without, least missed first; --columns, --json and `show` have it.
const std::vector<std::pair<std::string, int>> kWideOnly{{"metric", 170},     {"created", 150},   {"model", 130},
                                                         {"iterations", 115}, {"quantized", 105}, {"reverted", 95},
                                                         {"float", 70},       {"tags", 60},       {"best", 60}};
const std::vector<std::string> kCsvColumns{"star", "size", "speed_up", "parent", "note"};  ///< besides

Result<RunQuery> query_of(const tracking::Store& store, const ListCommand& command) {
  RunQuery query;
  if (!command.view.empty()) {
    auto saved = tracking::view(store, command.view);
    if (!saved) return failed(saved);
    query = std::move(saved->query);
  }
  if (!command.filter.empty()) query.filter = joined(command.filter, " ");
  if (!command.sort.empty()) query.sort = (command.reverse ? "-" : "") + command.sort;
  if (!command.columns.empty()) query.columns = command.columns;
  query.which = command.trash ? tracking::Listed::Trashed : tracking::Listed::Kept;
  return query;
}

void print_table(const std::vector<std::string>& columns, const std::vector<RunFacts>& facts, Format format) {
  std::vector<tracking::RunField> fields;
  std::vector<Align> align;
  for (const auto& column : columns) {
    fields.push_back(*tracking::run_field(column));
    align.push_back(fields.back().number ? Align::Right : Align::Left);
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : facts) {
    auto& row = rows.emplace_back();
    for (const auto& field : fields) {
      const auto value = field.of(one);
      const bool unknown = std::holds_alternative<std::monostate>(value) && field.number;
      if (format == Format::Csv) {
        row.push_back(shown_to_programs(field, value));
      } else {
        row.push_back(unknown ? "-" : shown(field, value));
      }
    }
  }
  fmt::print("{}", format == Format::Csv ? csv(columns, rows) : table(columns, rows, align));
}

std::vector<std::string> columns_for(const RunQuery& query, const std::vector<RunFacts>& facts, Format format) {
  if (!query.columns.empty()) return query.columns;
  std::vector<std::string> columns = kColumns;
  if (format == Format::Csv) {
    columns.insert(columns.end(), kCsvColumns.begin(), kCsvColumns.end());
    return columns;
  }
  const int room = terminal_width(stdout);
  for (const auto& [column, least] : kWideOnly) {
    if (room > 0 && room < least) std::erase(columns, column);
  }
  if (std::any_of(facts.begin(), facts.end(), [](const RunFacts& one) { return one.run.starred; })) {
    columns.insert(columns.begin() + 1, "star");
  }
  return columns;
}

int print_views(const tracking::Store& store, Format format) {
  const auto all = tracking::views(store);
  if (!all) return complained(all.error());
  if (format == Format::Json) {
    fmt::print("{}\n", views_json(*all));
    return kDone;
  }
  if (all->empty() && format == Format::Text) {
    fmt::print("no views yet; `quantrail list FILTER --save-view NAME` makes one\n");
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : *all)
    rows.push_back({one.name, one.query.filter, one.query.sort, joined(one.query.columns, ",")});
  const std::vector<std::string> titles{"view", "filter", "sort", "columns"};
  fmt::print("{}", format == Format::Csv ? csv(titles, rows) : table(titles, rows, {}));
  return kDone;
}

std::string none_text(const tracking::Store& store, const ListCommand& command, const RunQuery& query) {
  if (!query.filter.empty()) return fmt::format("no run matches {}", printable(query.filter));
  if (command.trash) return "the trash is empty";
  return fmt::format("no runs in {}; start one with: quantrail run CONFIG.json", printable(store.folder().string()));
}

}  // namespace

int run(const Options& options, const ListCommand& command) {
  const bool writes = !command.save_view.empty() || !command.forget_view.empty();
  const auto store = opened_store(options, writes ? tracking::Store::Mode::Write : tracking::Store::Mode::Read);
  if (!store) return complained(store.error());
  if (command.views) return print_views(*store, command.format);
  if (!command.forget_view.empty()) {
    const auto gone = tracking::forget_view(*store, command.forget_view);
    return gone ? kDone : complained(gone.error());
  }
  const auto query = query_of(*store, command);
  if (!query) return complained(query.error());
  auto runs = tracking::Runs::open(*store);
  if (!runs) return complained(runs.error());
  const auto facts = tracking::queried(*runs, *query);
  if (!facts) return complained(facts.error());
  if (!command.save_view.empty()) {
    const auto saved = tracking::save_view(*store, {command.save_view, *query});
    if (!saved) return complained(saved.error());
  }
  if (command.format == Format::Json) {
    fmt::print("{}\n", list_json(*facts));
  } else if (facts->empty() && command.format == Format::Text) {
    fmt::print("{}\n", none_text(*store, command, *query));
  } else {
    print_table(columns_for(*query, *facts, command.format), *facts, command.format);
  }
  return kDone;
}

}  // namespace quantrail::app
