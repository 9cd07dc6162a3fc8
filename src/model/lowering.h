#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/quantization.h"

namespace quantrail {

/// The form in which a node reads one of its inputs.
enum class Read : std::uint8_t {
  Float,        ///< as computed, never quantized on this edge (also constants and integers of shape plumbing)
  Codes,        ///< uint8 codes
  Dequantized,  ///< float, after quantization and back
};

struct NodeLowering {
  bool integer = false;  ///< computes on codes (a layer), or moves codes (passthrough)
  /// Runs on codes and its result leaves as codes only, so that ONNX Runtime fuses it into one integer kernel.
  bool fused = false;
  bool table = false;         ///< takes rows of a constant table that is held as codes
  std::vector<Read> reads{};  ///< one per node input
};

/// One graph, one quantization, some groups reverted: what runs how, and which values exist in which form.
/// The runtime and the exporter both follow it. A node that computes in float reads codes back only where its input
/// exists in no better form: where it comes from an integer layer, and neither a graph output nor a layer that must
/// read it unquantized asks for the float result.
struct Lowering {
  std::vector<NodeLowering> nodes{};           ///< parallel to graph.nodes
  std::set<std::string, std::less<>> codes{};  ///< values that exist as codes; parameters in Quantization::activations
  std::set<std::string, std::less<>> raw{};    ///< of the values with parameters: those that must exist unquantized
  /// Integer layers that ONNX Runtime will compute in float, since their result is needed in float as well or only,
  /// or clipped to less than what the codes can hold: node names in graph order. (MatMul, and Gemm without activation,
  /// have kernels with float results and are not named for that.)
  std::vector<std::string> float_in_onnxruntime{};
};

/// Whether an operator's kernel may compute the Relu or Clip behind it along.
[[nodiscard]] bool takes_activation(std::string_view op);

/// Position of the Relu or Clip (constant bounds) that is computed together with node `at`: the only reader of its only
/// result, which is no graph output. Nothing for operators that take no activation along.
[[nodiscard]] std::optional<std::size_t> fused_activation(const Graph& graph, const GraphIndex& index, std::size_t at);

/// `quantization` null: everything float. `reverted`: names of groups, each one of quantization->groups.
[[nodiscard]] Lowering lowered(const Graph& graph, const Quantization* quantization,
                               const std::set<std::string, std::less<>>& reverted, RevertMode mode = RevertMode::Full);
/// The same where the graph's index is at hand.
[[nodiscard]] Lowering lowered(const Graph& graph, const GraphIndex& index, const Quantization* quantization,
                               const std::set<std::string, std::less<>>& reverted, RevertMode mode);

}  // namespace quantrail
