#include "tracking/run_query.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <tuple>

namespace quantrail::tracking {
namespace {

struct Order {
  RunField field{};
  bool descending = false;
};

Result<std::optional<Order>> order_of(std::string_view sort) {
  if (sort.empty()) return std::optional<Order>();
  const bool descending = sort.front() == '-';
  auto field = run_field(sort.substr(descending ? 1 : 0));
  if (!field) return failed(field, "sort");
  return std::optional(Order{std::move(*field), descending});
}

/// What a run is sorted by: numbers go before texts, and what is not known behind all.
struct SortKey {
  enum class Kind { Number, Text, Unknown };
  Kind kind = Kind::Unknown;
  double number = 0.0;
  std::string text{};

  SortKey(const RunField& field, const FieldValue& value) {
    if (const auto real = number_of(field, value)) {
      kind = std::isnan(*real) ? Kind::Unknown : Kind::Number;
      number = *real;
    } else if (!std::holds_alternative<std::monostate>(value)) {
      kind = Kind::Text;
      text = shown(field, value);
    }
  }
  [[nodiscard]] auto as_tuple() const { return std::tie(kind, number, text); }
};

bool comes_before(const Order& order, const SortKey& a, const SortKey& b) {
  if (a.kind == SortKey::Kind::Unknown || b.kind == SortKey::Kind::Unknown) return a.kind < b.kind;
  return order.descending ? b.as_tuple() < a.as_tuple() : a.as_tuple() < b.as_tuple();
}

void sort_by(const Order& order, std::vector<RunFacts>& facts) {
  const auto key = [&](const RunFacts& one) { return SortKey(order.field, order.field.of(one)); };
  std::stable_sort(facts.begin(), facts.end(),
                   [&](const RunFacts& a, const RunFacts& b) { return comes_before(order, key(a), key(b)); });
}

Result<std::vector<RunFacts>> read_facts(Runs& runs, Listed which, const std::set<RunField::Source>& sources) {
  auto summaries = runs.list(which);
  if (!summaries) return failed(summaries);
  std::map<std::int64_t, std::string> configs;
  std::map<std::int64_t, std::map<std::string, double>> metrics;
  if (sources.contains(RunField::Source::Settings)) {
    auto read = runs.configs();
    if (!read) return failed(read);
    configs = std::move(*read);
  }
  if (sources.contains(RunField::Source::Metrics)) {
    auto read = runs.best_metrics();
    if (!read) return failed(read);
    metrics = std::move(*read);
  }
  std::vector<RunFacts> facts;
  for (auto& summary : *summaries) {
    RunFacts one{.now_ms = runs.now_ms()};
    if (const auto config = configs.find(summary.id); config != configs.end())
      one.settings = flattened_settings(config->second);
    if (const auto best = metrics.find(summary.id); best != metrics.end()) one.metrics = std::move(best->second);
    one.run = std::move(summary);
    facts.push_back(std::move(one));
  }
  return facts;
}

}  // namespace

Result<std::vector<RunFacts>> queried(Runs& runs, const RunQuery& query) {
  const auto filter = RunFilter::parse(query.filter);
  if (!filter) return failed(filter);
  const auto order = order_of(query.sort);
  if (!order) return failed(order);
  std::set<RunField::Source> read;
  if (*order) read.insert((*order)->field.source);
  for (const auto& column : query.columns) {
    const auto field = run_field(column);
    if (!field) return failed(field, "columns");
    read.insert(field->source);
  }
  for (const auto source : {RunField::Source::Settings, RunField::Source::Metrics}) {
    if (filter->reads(source)) read.insert(source);
  }
  auto facts = read_facts(runs, query.which, read);
  if (!facts) return facts;
  std::erase_if(*facts, [&](const RunFacts& one) { return !filter->matches(one); });
  if (*order) sort_by(**order, *facts);
  return facts;
}

}  // namespace quantrail::tracking
