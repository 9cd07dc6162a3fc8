#include <limits>
#include <map>

#include "base/text.h"
#include "tracking/record_rows.h"
#include "tracking/run_rows.h"
#include "tracking/runs.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

constexpr auto kAll = std::numeric_limits<std::int64_t>::max();

tl::unexpected<Error> no_run(std::string_view text) {
  return fail(Cause::InvalidInput, "there is no run \"{}\" in this store; \"quantrail list\" shows those that are",
              printable(text));
}

struct NamedId {
  std::int64_t id = 0;
  std::string name{};
};

Result<std::vector<NamedId>> beginning_with(Database& database, std::string_view text) {
  std::vector<NamedId> runs;
  const auto read = each_row(
      database, "SELECT id, name FROM runs WHERE substr(name, 1, length(?1)) = ?1 AND trash IS NULL ORDER BY id DESC",
      {text}, [&](const Row& row) {
        runs.push_back({row.integer(0), row.text(1)});
      });
  if (!read) return failed(read);
  return runs;
}

std::vector<std::string> names_of(const std::vector<NamedId>& runs) {
  std::vector<std::string> names;
  for (const auto& run : runs) names.push_back(run.name);
  return names;
}

Result<std::int64_t> by_id(Database& database, std::string_view text) {
  const auto found = first_integer(database, "SELECT id FROM runs WHERE id = CAST(?1 AS INTEGER)", {text});
  if (!found) return failed(found);
  if (!*found) return no_run(text);
  return **found;
}

tl::unexpected<Error> several(std::string_view text, std::vector<std::string> names) {
  constexpr std::size_t kShown = 5;
  const bool more = names.size() > kShown;
  names.resize(std::min(names.size(), kShown));
  return fail(Cause::InvalidInput, "\"{}\" could be {}{}; name one of them", printable(text),
              printable(joined(names, ", ")), more ? ", ..." : "");
}

}  // namespace

Result<Runs> Runs::open(const Store& store) {
  auto database = store.connect();
  if (!database) return failed(database);
  return Runs(store, std::move(*database));
}

Result<std::vector<RunSummary>> Runs::list(Listed which) {
  const auto transaction = Transaction::read(database_);
  if (!transaction) return failed(transaction);
  return read_summaries(database_, store_, std::nullopt, which);
}

Result<std::map<std::int64_t, std::string>> Runs::configs() {
  std::map<std::int64_t, std::string> configs;
  const auto read = each_row(database_, "SELECT id, config FROM runs", {},
                             [&](const Row& row) { configs[row.integer(0)] = row.text(1); });
  if (!read) return failed(read);
  return configs;
}

Result<std::map<std::int64_t, std::map<std::string, double>>> Runs::best_metrics() {
  std::map<std::int64_t, std::map<std::string, double>> metrics;
  const auto read = each_row(database_,
                             "SELECT r.id, v.name, v.value FROM runs r JOIN iteration_values v "
                             "ON v.run_id = r.id AND v.number = r.best AND v.kind = 'metric'",
                             {}, [&](const Row& row) { metrics[row.integer(0)][row.text(1)] = row.real(2); });
  if (!read) return failed(read);
  return metrics;
}

Result<RunSummary> Runs::summary(std::int64_t run) {
  const auto transaction = Transaction::read(database_);
  if (!transaction) return failed(transaction);
  auto summaries = read_summaries(database_, store_, run, Listed::All);
  if (!summaries) return failed(summaries);
  if (summaries->empty()) return no_run(std::to_string(run));
  return std::move(summaries->front());
}

Result<RunDetails> Runs::show(std::int64_t run) {
  const auto transaction = Transaction::read(database_);
  if (!transaction) return failed(transaction);
  auto summaries = read_summaries(database_, store_, run, Listed::All);
  if (!summaries) return failed(summaries);
  if (summaries->empty()) return no_run(std::to_string(run));
  auto details = read_details(database_, run);
  if (!details) return details;
  details->summary = std::move(summaries->front());
  return details;
}

Result<std::vector<IterationRecord>> Runs::iterations(std::int64_t run, std::int64_t from) {
  const auto transaction = Transaction::read(database_);
  if (!transaction) return failed(transaction);
  return read_iterations(database_, run, from, kAll);
}

Result<std::vector<EventRecord>> Runs::events(std::int64_t run, std::int64_t after) {
  return read_events(database_, run, after);
}

Result<std::int64_t> Runs::find(std::string_view text) {
  if (text == "latest") {
    const auto newest = first_integer(database_, "SELECT MAX(id) FROM runs WHERE trash IS NULL");
    if (!newest) return failed(newest);
    if (!*newest) return fail(Cause::InvalidInput, "there are no runs in {} yet", store_.folder().string());
    return **newest;
  }
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) return by_id(database_, text);
  const auto exact = first_integer(database_, "SELECT id FROM runs WHERE name = ?1", {text});
  if (!exact) return failed(exact);
  if (*exact) return **exact;
  const auto found = beginning_with(database_, text);
  if (!found) return failed(found);
  if (found->size() > 1 && !text.empty()) return several(text, names_of(*found));
  if (found->size() == 1 && !text.empty()) return found->front().id;
  const auto all = beginning_with(database_, "");
  if (!all) return failed(all);
  return fail(Cause::InvalidInput, "there is no run \"{}\"{}", printable(text), did_you_mean(text, names_of(*all)));
}

Result<std::optional<LeaseRecord>> Runs::lease(std::int64_t run) { return read_lease(database_, run); }

Result<std::int64_t> Runs::data_version() {
  if (database_.moved()) {
    return fail(Cause::Storage, "{}: the experiment store was deleted or replaced while in use",
                database_.path().string());
  }
  const auto version = first_integer(database_, "PRAGMA data_version");
  if (!version) return failed(version);
  return version->value_or(0);
}

}  // namespace quantrail::tracking
