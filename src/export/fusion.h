#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "export/profile.h"
#include "model/lowering.h"

namespace quantrail {

/// What keeps an operator of an exported model from running in integers.
enum class FloatRule : std::uint8_t {
  Reverted,                ///< by the iteration's decision
  Excluded,                ///< by the configuration
  NeededInFloat,           ///< someone needs its result unquantized, so that it cannot leave as codes alone
  NothingQuantizedBehind,  ///< its result is not quantized at all, and its integer kernel gives codes only
  FusedInFloat,            ///< a Gemm that is fused in float with the activation behind it first
  ClipNotCovered,          ///< the Clip behind it limits to less than what codes can hold
  NotQuantized,            ///< quantization did not place it in integers
};
[[nodiscard]] std::string_view name_of(FloatRule rule);  // "reverted", "needed_in_float", ...

/// An operator that the runtime will compute in float.
struct FloatOperator {
  std::string name{};
  std::string op{};
  FloatRule rule = FloatRule::NotQuantized;
  std::string reason{};  ///< for people, naming who or what
  std::string remedy{};  ///< what would bring it into integers; empty where nothing does
  /// A layer: it was quantized, or multiplies by weights. The rest are operators between layers.
  bool layer = false;
};

/// What an iteration is made of.
struct FusionSubject {
  const Graph& graph;  ///< canonical, with the edits of the quantization in place
  const Quantization& quantization;
  std::set<std::string, std::less<>> reverted{};  ///< names of groups
  RevertMode mode = RevertMode::Full;
  /// Why quantization left a node in float, where it says so; nodes that compute on floats and are not here nor in
  /// `quantization` are not looked at.
  std::map<std::string, std::string, std::less<>> reasons{};
};

/// Every operator that the runtime of `profile` computes in float in the exported model, in graph order. A Relu or Clip
/// that is computed with an integer layer is none. Integer layers among them are those of
/// Lowering::float_in_onnxruntime; OpenVINO has none, since it needs no QuantizeLinear behind a layer.
[[nodiscard]] std::vector<FloatOperator> float_operators(const FusionSubject& subject, ExportProfile profile);

/// How many layers of the subject there are: what FloatOperator::layer means.
[[nodiscard]] std::size_t layer_count(const FusionSubject& subject);

}  // namespace quantrail
