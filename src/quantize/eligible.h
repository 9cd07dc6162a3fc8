#pragma once

#include <string>

#include "quantize/placement.h"

namespace quantrail {

/// Why `node`, looked at alone, cannot run as an integer layer; empty when it can.
[[nodiscard]] std::string obstacle(const Graph& graph, const ValueTypes& types, const Node& node);

/// Whether ONNX Runtime would run `node` in integers where codes surround it, and compute something else or
/// refuse the model.
[[nodiscard]] bool differs_in_integers(const Node& node);

/// The inputs of an integer layer that are activations: both of Add and Mul, the first of all others.
[[nodiscard]] std::size_t activation_inputs(const Node& node);

/// Precondition: float32.
[[nodiscard]] bool all_finite(const Tensor& tensor);

/// Whether `value` is a float32 that is computed or given, not constant.
[[nodiscard]] bool is_activation(const Graph& graph, const ValueTypes& types, const std::string& value);

}  // namespace quantrail
