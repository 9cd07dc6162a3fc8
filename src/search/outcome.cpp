#include "search/outcome.h"

#include <array>

#include "config/value_names.h"

namespace quantrail {
namespace {

constexpr std::array<Named<IterationKind>, 6> kKinds{{{"quantized", IterationKind::Quantized},
                                                      {"mixed", IterationKind::Mixed},
                                                      {"tuned", IterationKind::Tuned},
                                                      {"revert", IterationKind::Revert},
                                                      {"probe", IterationKind::Probe},
                                                      {"prune", IterationKind::Prune}}};
constexpr std::array<Named<Outcome>, 3> kOutcomes{
    {{"met", Outcome::Met}, {"not_met", Outcome::NotMet}, {"nothing_to_do", Outcome::NothingToDo}}};

template <class Value, class Table>
std::optional<Value> value_in(const Table& table, std::string_view wanted) {
  for (const auto& [name, value] : table) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(IterationKind kind) { return name_in(kKinds, kind); }
std::string_view name_of(Outcome value) { return name_in(kOutcomes, value); }
std::optional<IterationKind> iteration_kind(std::string_view name) { return value_in<IterationKind>(kKinds, name); }
std::optional<Outcome> outcome(std::string_view name) { return value_in<Outcome>(kOutcomes, name); }

}  // namespace quantrail
