#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quantrail {

/// How a search ended. NothingToDo: the fully quantized model is inside the limit already.
enum class Outcome { Met, NotMet, NothingToDo };
[[nodiscard]] std::string_view name_of(Outcome outcome);  // "met", "not_met", "nothing_to_do"
[[nodiscard]] std::optional<Outcome> outcome(std::string_view name);

/// How a model variant came to be tried.
enum class IterationKind { Quantized, Mixed, Tuned, Revert, Probe, Prune };
[[nodiscard]] std::string_view name_of(
    IterationKind kind);  // "quantized", "mixed", "tuned", "revert", "probe", "prune"
[[nodiscard]] std::optional<IterationKind> iteration_kind(std::string_view name);

}  // namespace quantrail
