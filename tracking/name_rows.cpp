#include "tracking/name_rows.h"

#include <algorithm>
#include <limits>

#include "tracking/statement.h"

namespace quantrail::tracking {
namespace {

/// The lists in the order of NameLists.
std::array<std::vector<std::string>*, 4> lists_of(IterationRecord& it) {
  return {&it.changed_layers, &it.reverted_layers, &it.reverted_groups, &it.float_in_onnxruntime};
}

std::size_t list_named(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames{"changed_layers", "reverted_layers", "reverted_groups",
                                                   "float_in_onnxruntime"};
  return static_cast<std::size_t>(std::find(kNames.begin(), kNames.end() - 1, name) - kNames.begin());
}

Result<std::vector<std::string>> names_of(Database& database, std::int64_t run) {
  std::vector<std::string> names;
  const auto read = each_row(database, "SELECT name FROM run_names WHERE run_id = ?1 ORDER BY position", {run},
                             [&](const Row& row) { names.push_back(row.text(0)); });
  if (!read) return failed(read);
  return names;
}

tl::unexpected<Error> damaged(Database& database, std::int64_t run, std::int64_t number) {
  return fail(Cause::Storage, "{}: the names of iteration {} of run {} are damaged", database.path().string(), number,
              run);
}

/// Every so many iterations the lists are whole, so that one is found without reading all before it.
constexpr std::int64_t kWhole = 16;

bool is_whole(std::int64_t number) { return number % kWhole == 0; }

/// By number, from the latest whole ones before `first` on to `last`; nothing for an iteration that was recorded before
/// schema version 3, whose names are rows.
using ListsByNumber = std::map<std::int64_t, std::optional<NameLists>>;
Result<ListsByNumber> lists_between(Database& database, std::int64_t run, std::int64_t first, std::int64_t last) {
  ListsByNumber all;
  std::optional<std::int64_t> broken;
  NameLists before;
  const auto read = each_row(
      database, "SELECT number, lists FROM iterations WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 ORDER BY number",
      {run, first - first % kWhole, last}, [&](const Row& row) {
        if (broken) return;
        const auto number = row.integer(0);
        std::optional<NameLists> lists;
        if (!row.is_null(1)) {
          lists = decoded(row.blob(1), is_whole(number) ? NameLists{} : before);
          if (!lists) broken = number;
        }
        before = lists.value_or(NameLists{});
        all.emplace(number, std::move(lists));
      });
  if (!read) return failed(read);
  if (broken) return damaged(database, run, *broken);
  return all;
}

/// Those that are rows of their own.
Status read_older_names(Database& database, std::int64_t run, std::vector<IterationRecord>& iterations) {
  const std::int64_t first = iterations.front().index;
  return each_row(database,
                  "SELECT number, list, name FROM iteration_names WHERE run_id = ?1 AND number BETWEEN ?2 AND ?3 "
                  "ORDER BY number, list, position",
                  {run, first, iterations.back().index}, [&](const Row& row) {
                    const auto at = static_cast<std::size_t>(row.integer(0) - first);
                    if (at < iterations.size())
                      lists_of(iterations[at])[list_named(row.text(1))]->push_back(row.text(2));
                  });
}

}  // namespace

Status read_names(Database& database, std::int64_t run, std::vector<IterationRecord>& iterations) {
  if (iterations.empty()) return {};
  const auto names = names_of(database, run);
  if (!names) return failed(names);
  const auto all = lists_between(database, run, iterations.front().index, iterations.back().index);
  if (!all) return failed(all);
  for (auto& iteration : iterations) {
    const auto found = all->find(iteration.index);
    if (found == all->end()) return damaged(database, run, iteration.index);
    const auto& lists = found->second;
    if (!lists) continue;
    const auto into = lists_of(iteration);
    for (std::size_t list = 0; list < into.size(); ++list) {
      for (const auto name : (*lists)[list]) {
        if (name >= names->size()) return damaged(database, run, iteration.index);
        into[list]->push_back((*names)[name]);
      }
    }
  }
  return read_older_names(database, run, iterations);
}

Result<std::vector<std::uint8_t>> inserted_names(Database& database, std::int64_t run_id,
                                                 const IterationRecord& iteration) {
  const auto known = names_of(database, run_id);
  if (!known) return failed(known);
  std::map<std::string, std::uint32_t> positions;
  for (const auto& name : *known) positions.emplace(name, static_cast<std::uint32_t>(positions.size()));
  NameLists before;
  if (!is_whole(iteration.index)) {
    const auto all = lists_between(database, run_id, iteration.index - 1, iteration.index - 1);
    if (!all) return failed(all);
    if (!all->empty()) before = all->rbegin()->second.value_or(NameLists{});
  }
  IterationRecord names = iteration;
  const auto lists = lists_of(names);
  NameLists now;
  for (std::size_t list = 0; list < lists.size(); ++list) {
    for (const auto& name : *lists[list]) {
      const auto [at, is_new] = positions.emplace(name, static_cast<std::uint32_t>(positions.size()));
      now[list].push_back(at->second);
      if (!is_new) continue;
      auto inserted = run(database, "INSERT INTO run_names(run_id, position, name) VALUES(?1, ?2, ?3)",
                          {run_id, std::int64_t{at->second}, std::string_view(name)});
      if (!inserted) return failed(inserted);
    }
  }
  return encoded(now, before);
}

}  // namespace quantrail::tracking
