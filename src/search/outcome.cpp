#include "search/outcome.h"

#include <array>
#include <utility>

namespace quantrail {
namespace {

constexpr std::array<std::pair<IterationKind, std::string_view>, 6> kKinds{{{IterationKind::Quantized, "quantized"},
                                                                            {IterationKind::Mixed, "mixed"},
                                                                            {IterationKind::Tuned, "tuned"},
                                                                            {IterationKind::Revert, "revert"},
                                                                            {IterationKind::Probe, "probe"},
                                                                            {IterationKind::Prune, "prune"}}};
constexpr std::array<std::pair<Outcome, std::string_view>, 3> kOutcomes{
    {{Outcome::Met, "met"}, {Outcome::NotMet, "not_met"}, {Outcome::NothingToDo, "nothing_to_do"}}};

template <class Table>
std::string_view name_in(const Table& table, auto value) {
  for (const auto& [entry, name] : table) {
    if (entry == value) return name;
  }
  return "?";
}

template <class Value, class Table>
std::optional<Value> value_in(const Table& table, std::string_view wanted) {
  for (const auto& [entry, name] : table) {
    if (name == wanted) return entry;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(IterationKind kind) { return name_in(kKinds, kind); }
std::string_view name_of(Outcome value) { return name_in(kOutcomes, value); }
std::optional<IterationKind> iteration_kind(std::string_view name) { return value_in<IterationKind>(kKinds, name); }
std::optional<Outcome> outcome(std::string_view name) { return value_in<Outcome>(kOutcomes, name); }

}  // namespace quantrail
