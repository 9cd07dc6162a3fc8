#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "conformance/case.h"
#include "model/graph.h"

namespace quantrail::conformance {

/// Computes a graph's outputs from its inputs.
using Runner = Result<std::vector<Tensor>> (*)(const Graph&, std::span<const Tensor>);

/// Node by node, each by the interpreter.
[[nodiscard]] Result<std::vector<Tensor>> by_interpreter(const Graph& graph, std::span<const Tensor> inputs);

enum class Verdict { Passed, Failed, Refused };

struct Outcome {
  Verdict verdict = Verdict::Passed;
  std::string why{};
};

/// One case with all its data sets. `random`: compare types and shapes only.
[[nodiscard]] Outcome run_case(const Case& one, bool random, Runner runner);

}  // namespace quantrail::conformance
