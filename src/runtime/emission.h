#pragma once

#include <string>

#include "model/codes.h"
#include "runtime/builder.h"

namespace quantrail {

/// One unit on its way into the program.
class Emission {
 public:
  Emission(Builder& builder, const Unit& unit);

  [[nodiscard]] Builder& builder() const { return builder_; }
  [[nodiscard]] const Unit& unit() const { return unit_; }
  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] const std::string& result() const { return unit_.result; }
  /// What the unit's fused Relu or Clip lets through; everything when it has none.
  [[nodiscard]] Bounds bounds() const;
  [[nodiscard]] bool has_input(std::size_t index) const;
  /// Null when the input is absent or not constant.
  [[nodiscard]] TensorPtr constant(std::size_t index) const { return constant_input(builder_.graph(), node_, index); }
  [[nodiscard]] const Shape& shape(std::size_t index) const { return builder_.shape(node_.inputs[index]); }
  [[nodiscard]] const Shape& result_shape() const { return builder_.shape(unit_.result); }
  [[nodiscard]] bool is_float(std::size_t index) const;
  /// Whether input `index` is codes for whoever reads it, even if lowering has them dequantized first.
  [[nodiscard]] bool comes_as_codes(std::size_t index) const;
  /// Whether nobody needs `value` other than as codes, which it can have.
  [[nodiscard]] bool leaves_as_codes(const std::string& value) const;
  /// Runs in integers, as lowering decided.
  [[nodiscard]] bool integer() const { return lowering_.integer; }
  /// Takes rows of a constant table that is held as codes.
  [[nodiscard]] bool holds_table() const { return lowering_.table; }
  /// Runs in integers, reads `inputs` codes and leaves codes that nobody needs more exactly.
  [[nodiscard]] bool codes_to_codes() const;

  /// Input `index` as lowering says; codes that the caller cannot use come as dequantized floats.
  [[nodiscard]] Result<StorageId> read_float(std::size_t index, Layout layout) const;
  [[nodiscard]] Result<StorageId> read_codes(std::size_t index, Layout layout) const;
  [[nodiscard]] const ActivationParams& params(const std::string& value) const { return *builder_.params(value); }

  /// Threads inside operators.
  [[nodiscard]] std::size_t threads() const { return builder_.context().threads; }

  /// Adds a step of this node.
  void step(std::vector<StorageId> reads, std::vector<StorageId> writes, std::function<Action(const Bindings&)> bind,
            std::size_t scratch_bytes = 0) const;

  /// "node "x" (Op, opset 13): what". Unsupported.
  [[nodiscard]] tl::unexpected<Error> unsupported(std::string_view what) const;
  [[nodiscard]] std::string where() const;

 private:
  Builder& builder_;
  const Unit& unit_;
  const Node& node_;
  const NodeLowering& lowering_;
  mutable std::int64_t steps_ = 0;
};

/// Adds the steps of one unit. Errors: Unsupported, naming node, operator and opset.
[[nodiscard]] Status emit(Builder& builder, const Unit& unit);

// By kind of operator; each sees only operators that it is registered for in emission.cpp.
[[nodiscard]] Status emit_conv(const Emission& emission);
[[nodiscard]] Status emit_gemm(const Emission& emission);
[[nodiscard]] Status emit_matmul(const Emission& emission);
[[nodiscard]] Status emit_unary(const Emission& emission);
/// A Mul whose unit has a gate.
[[nodiscard]] Status emit_gated(const Emission& emission);
[[nodiscard]] Status emit_binary(const Emission& emission);
[[nodiscard]] Status emit_pool(const Emission& emission);
[[nodiscard]] Status emit_global_pool(const Emission& emission);
[[nodiscard]] Status emit_reshape(const Emission& emission);
[[nodiscard]] Status emit_identity(const Emission& emission);
[[nodiscard]] Status emit_transpose(const Emission& emission);
[[nodiscard]] Status emit_concat(const Emission& emission);
[[nodiscard]] Status emit_slice(const Emission& emission);
[[nodiscard]] Status emit_pad(const Emission& emission);
[[nodiscard]] Status emit_split(const Emission& emission);
[[nodiscard]] Status emit_gather(const Emission& emission);
[[nodiscard]] Status emit_expand(const Emission& emission);
[[nodiscard]] Status emit_tile(const Emission& emission);
[[nodiscard]] Status emit_depth_to_space(const Emission& emission);
[[nodiscard]] Status emit_space_to_depth(const Emission& emission);
[[nodiscard]] Status emit_resize(const Emission& emission);
[[nodiscard]] Status emit_softmax(const Emission& emission);
[[nodiscard]] Status emit_reduce(const Emission& emission);
[[nodiscard]] Status emit_arg(const Emission& emission);
[[nodiscard]] Status emit_quantize(const Emission& emission);
[[nodiscard]] Status emit_dequantize(const Emission& emission);
[[nodiscard]] Status emit_dynamic_quantize(const Emission& emission);
[[nodiscard]] Status emit_matmul_integer(const Emission& emission);
[[nodiscard]] Status emit_cast(const Emission& emission);
/// LSTM, GRU and RNN.
[[nodiscard]] Status emit_recurrent(const Emission& emission);
[[nodiscard]] Status emit_layer_normalization(const Emission& emission);
[[nodiscard]] Status emit_instance_normalization(const Emission& emission);
[[nodiscard]] Status emit_group_normalization(const Emission& emission);
[[nodiscard]] Status emit_mean_variance_normalization(const Emission& emission);
[[nodiscard]] Status emit_cumulative_sum(const Emission& emission);
[[nodiscard]] Status emit_gather_elements(const Emission& emission);
/// The last node of a unit's pattern, for all of it.
[[nodiscard]] Status emit_pattern(const Emission& emission);
/// The layer of a unit, then the addition (or bias) that it has absorbed as a step of its own.
[[nodiscard]] Status emit_in_steps(const Emission& emission);
/// Any operator that model/interpret.h knows: plain, slow, correct.
[[nodiscard]] Status emit_interpreted(const Emission& emission);
/// The same for a node that others are fused with: they follow as steps of their own.
[[nodiscard]] Status emit_apart(const Emission& emission);

}  // namespace quantrail
