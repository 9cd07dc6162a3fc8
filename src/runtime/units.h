#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/lowering.h"
#include "runtime/form.h"
#include "runtime/patterns.h"
#include "runtime/shaped_model.h"

namespace quantrail {

/// A node together with what is computed in the same pass: before it the Sigmoid that gates it; behind it the addition
/// of another value, then a Relu or Clip, or else x * sigmoid(x) of its result.
struct Unit {
  std::size_t node = 0;                     ///< position in the graph
  std::optional<std::size_t> gate{};        ///< position of a Sigmoid whose input and result this Mul multiplies
  bool silu = false;                        ///< the result is x * sigmoid(x) of what the node computes
  std::optional<std::size_t> addition{};    ///< position of an Add that takes the node's result as one operand
  std::string addend{};                     ///< the other operand of `addition`; it is computed before `node`
  std::optional<std::size_t> activation{};  ///< position of the Relu or Clip
  std::optional<std::size_t> scaling{};     ///< position of a Mul or Div of a MatMul's result by a constant number
  std::optional<std::size_t> bias{};        ///< position of an Add of a constant vector to a MatMul's result
  std::optional<Pattern> pattern{};         ///< `node` is its last one
  Numeric pattern_reads = Numeric::Float;   ///< in which numerics the pattern reads its source
  std::string result{};                     ///< what the unit computes
};

/// In which numerics the readers of each value want it; also who reads it when.
class Demands {
 public:
  [[nodiscard]] bool wants(const std::string& value, Numeric numeric) const;
  /// Whether codes (or what they stand for) are all that anybody reads of `value`.
  [[nodiscard]] bool codes_only(const std::string& value) const;
  void add(const std::string& value, Numeric numeric) {
    auto& bits = numerics_[value];
    bits = static_cast<std::uint8_t>(bits | bit(numeric));
  }

 private:
  static std::uint8_t bit(Numeric numeric) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(numeric)); }
  NameMap<std::uint8_t> numerics_{};  // one bit per Numeric
};

/// What runs, in graph order, of a graph that is specialised to concrete shapes.
struct UnitPlan {
  std::vector<Unit> units{};
  std::vector<NodeLowering> lowering{};  ///< parallel to the specialised graph's nodes
  Demands demands{};
  /// Where a pattern reads its source: the position of its last node, behind those that seem to read it.
  NameMap<std::size_t> read_until{};
};

/// `lowering`: of the canonical graph that `model` was made from. Nodes that reach neither an output nor a tap do not
/// appear. Nothing is fused behind a tapped value.
[[nodiscard]] UnitPlan planned(const ShapedModel& model, const Lowering& lowering,
                               const std::vector<std::string>& taps);

}  // namespace quantrail
