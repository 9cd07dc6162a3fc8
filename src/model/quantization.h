#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "model/graph.h"

namespace quantrail {

/// uint8 codes of one activation tensor: real = scale * (code - zero_point), code = clamp(round_half_even(real / scale)
/// + zero_point, 0, 255). Symmetric non-negative: zero point 0. Symmetric signed: zero point 128.
struct ActivationParams {
  float scale = 1.0F;  ///< real units per code; > 0 and finite
  std::uint8_t zero_point = 0;
  bool operator==(const ActivationParams&) const = default;
};

/// int8 codes of one constant weight tensor, symmetric: real = scale[c] * code, code = clamp(round_half_even(real /
/// scale[c]), lowest, 127).
struct WeightParams {
  std::int64_t axis = 0;       ///< axis of the output channels in the stored tensor
  std::vector<float> scale{};  ///< one per output channel, or one for the whole tensor; each > 0 and finite
  std::int32_t lowest = -127;  ///< or -128, which other tools' files use
  bool operator==(const WeightParams&) const = default;
};

/// How one operator runs in integers.
struct LayerQuantization {
  std::optional<WeightParams> weights{};  ///< for input 1 of Conv, Gemm and MatMul; absent for Add, pooling, ...
  bool exact_bias = false;                ///< the bias is added as it is, not rounded to int32 codes
  bool operator==(const LayerQuantization&) const = default;
};

/// A change of one node's float constants, in place before anything is rounded and whether or not the node is reverted:
/// weight[o, i] * output_factors[o] * input_factors[i], and bias[o] * output_factors[o] + bias_shift[o]. Edits come in
/// groups that leave what the network computes as it is, but for rounding.
/// Conv, Gemm and MatMul have weights and bias; a Mul or Add with a constant, and the scale and bias of a
/// LayerNormalization, take output_factors along their last axis.
struct WeightEdit {
  std::vector<float> output_factors{};  ///< per output channel; empty: 1
  std::vector<float> input_factors{};   ///< per input channel; empty: 1
  std::vector<float> bias_shift{};      ///< per output channel; empty: 0
  bool operator==(const WeightEdit&) const = default;
};

/// A multiplication put between a value and some of its readers, by one factor per position of one of its axes.
struct InputScaling {
  std::string value{};
  std::string scaled{};                ///< name of the product, and of the node that computes it
  std::vector<float> factors{};        ///< each > 0 and finite
  std::vector<std::string> readers{};  ///< node names; they read the product as their first input
  std::size_t axes_behind = 0;         ///< how many axes follow that one
  bool operator==(const InputScaling&) const = default;
};

/// Operators that go back to float together.
struct Group {
  std::string name{};                  ///< what people see: the first member's layer name
  std::vector<std::string> members{};  ///< node names
  bool operator==(const Group&) const = default;
};

/// Everything that quantization decided about one canonical graph: the value that the runtime's lowering and the
/// exporter both read, so that what is measured is what ships. All else refers to the graph with the edits in place,
/// see edited().
struct Quantization {
  std::map<std::string, WeightEdit, std::less<>> weight_edits{};  ///< by node name
  std::vector<InputScaling> input_scalings{};
  std::map<std::string, ActivationParams, std::less<>> activations{};  ///< by value name: has a Q/DQ point
  std::map<std::string, LayerQuantization, std::less<>> layers{};      ///< by node name: runs in integers
  /// Constant tables whose rows are taken (embeddings), held as codes: by name of the Gather that takes them. What is
  /// taken is dequantized at once, so that the result is float. One scale per position of the last axis.
  std::map<std::string, WeightParams, std::less<>> tables{};
  /// Nodes that move or select codes without computing (MaxPool, Reshape, Concat, ...); the activations they read and
  /// write all have the same parameters.
  std::set<std::string, std::less<>> passthrough{};
  /// Nodes that the user excluded: float, and reading their inputs unquantized.
  std::set<std::string, std::less<>> ignored{};
  /// Corrected float32 biases by node name, one per output channel (the layer may have had none); they hold while the
  /// layer runs in integers, a reverted layer has its own bias again. Of ignored nodes they hold always.
  std::map<std::string, std::vector<float>, std::less<>> bias_edits{};
  std::vector<Group> groups{};  ///< in graph order

  bool operator==(const Quantization&) const = default;

  /// Content hash: equal values give equal digests, on every machine.
  [[nodiscard]] Digest digest() const;
};

/// Compact, deterministic bytes (CBOR), and back. Errors of the latter: Storage.
[[nodiscard]] std::vector<std::uint8_t> serialised(const Quantization& quantization);
[[nodiscard]] Result<Quantization> parsed_quantization(std::span<const std::uint8_t> bytes);

/// What a reverted layer reads: its inputs unquantized (POT's meaning), or the quantized ones dequantized.
enum class RevertMode { Full, Compute };
[[nodiscard]] std::string_view name_of(RevertMode mode);  // "full", "compute"

}  // namespace quantrail
