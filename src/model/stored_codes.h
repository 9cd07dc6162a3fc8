#pragma once

#include <map>
#include <string>

#include "model/code_rule.h"

namespace quantrail {

/// A constant that a file stores as codes behind a DequantizeLinear.
struct StoredCodes {
  CodeRule rule{};
  TensorPtr codes{};  ///< int8, uint8 or int32
};
using StoredConstants = std::map<std::string, StoredCodes, std::less<>>;

/// DequantizeLinear nodes of constants, and what only rearranges their results, become float constants: what they were,
/// by value name. Bounded in memory: what
/// does not fit, or is no graph-internal value, stays a node. Errors: what the operator says about its values.
[[nodiscard]] Result<StoredConstants> dequantize_constants(Graph& graph);

/// The weights of a Conv, Gemm or MatMul as int8 codes, where `stored` (its input 1) is symmetric, of int8 or of uint8
/// around 128, with one scale or one per output channel; nothing where it is not.
[[nodiscard]] std::optional<WeightParams> weight_params(const Node& node, const StoredCodes& stored);

}  // namespace quantrail
