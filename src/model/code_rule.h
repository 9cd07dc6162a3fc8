#pragma once

#include <optional>
#include <vector>

#include "base/error.h"
#include "model/graph.h"
#include "model/quantization.h"

namespace quantrail {

/// What the constants of a QuantizeLinear or DequantizeLinear node say: real = scale * (code - zero).
struct CodeRule {
  std::vector<float> scale{};          ///< one for all elements, or one per slice along `axis`; each > 0 and finite
  std::vector<std::int64_t> zero{};    ///< as many
  std::int64_t axis = 1;               ///< as the node gives it: may be negative
  std::optional<ElementType> codes{};  ///< nothing for a DequantizeLinear that leaves its zero point out
  bool operator==(const CodeRule&) const = default;

  /// Whether all slices have the same scale and zero point.
  [[nodiscard]] bool uniform() const;
};

/// Nothing where scale or zero point are computed, do not match in number, are in blocks or not of float32: such a node
/// is computed as it stands. Errors: InvalidInput, naming the node, for a scale that is not a positive finite number.
[[nodiscard]] Result<std::optional<CodeRule>> code_rule(const Graph& graph, const Node& node);

/// A uniform rule on codes of type `codes` as uint8 codes: int8 ones are 128 higher there, with the same reals. Nothing
/// for other types.
[[nodiscard]] std::optional<ActivationParams> as_uint8(const CodeRule& rule, ElementType codes);

/// Whether any node of the graph quantizes or dequantizes.
[[nodiscard]] bool has_codes(const Graph& graph);

}  // namespace quantrail
