#pragma once

#include <string>

#include "run/records.h"

namespace quantrail::app {

/// What a step changed: the layers, or of a probe only how many.
[[nodiscard]] std::string changed_in_words(const IterationRecord& iteration);
/// "accuracy@top1 0.8720, drop 0.0715", of each metric; "not measured" where there is none.
[[nodiscard]] std::string measured_in_words(const IterationRecord& iteration);
/// What became of a step that the search did not go on from; empty for the others.
[[nodiscard]] std::string verdict_in_words(const IterationRecord& iteration);

/// " 2.4 times as fast as the float model, both in this program on this machine."; empty where that was not measured.
[[nodiscard]] std::string speed_words(const RunResult& result);

}  // namespace quantrail::app
