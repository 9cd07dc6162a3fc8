#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/codes.h"
#include "model/infer.h"

namespace quantrail {

enum class Place : std::uint8_t {
  Integer,      ///< a layer that computes on codes
  Passthrough,  ///< moves codes
  Table,        ///< takes rows of a constant table that is held as codes; computes floats
  Float,
};

struct NodePlace {
  Place place = Place::Float;
  std::string reason{};  ///< why it is float: a phrase for people; empty otherwise
  bool operator==(const NodePlace&) const = default;
};

/// Values that share one scale and zero point, since only moves lie between them.
struct ParameterClass {
  std::vector<std::string> values{};   ///< ascending
  std::vector<std::string> sources{};  ///< of those, the ones that are computed: their statistics give the range
  Bounds bounds{};                     ///< what every source is known to lie in
  bool operator==(const ParameterClass&) const = default;
};

/// Where everything runs once the network is quantized and nothing is reverted; needs no data.
struct Placement {
  std::vector<NodePlace> nodes{};         ///< parallel to graph.nodes
  std::vector<ParameterClass> classes{};  ///< by first value, ascending
  /// Nodes that would be integer layers had the user not excluded them, or did ONNX Runtime not compute something else.
  std::set<std::string, std::less<>> ignored{};
};

using ValueTypes = std::map<std::string, TensorType, std::less<>>;

struct PlacementOptions {
  std::set<std::string, std::less<>> excluded{};  ///< names of nodes that shall stay float, see resolved()
  /// POT's model_type "transformer": residual Add, Mul, Squeeze and means (as well as Sub and Pow, which have no
  /// integer kernel anyway) stay float. POT also makes the operands of a MatMul of two activations symmetric; here they
  /// are not quantized at all.
  bool transformer = false;
  bool tables = true;  ///< whether tables of embeddings are held as codes
};

/// The placement of the canonical `graph`, whose values have `types` (Specialised::types at any batch size).
/// Integer layers are those for which ONNX Runtime has an integer kernel and that can win by it: Conv, Gemm and MatMul
/// with constant weights; Add and Mul of two activations, AveragePool and GlobalAveragePool where codes arrive. What
/// they read has quantization points; these move up through operators that only move values (see moved_inputs()), but
/// not from a small part to all of a float. A layer's result has a point too, unless it ends the network: behind it
/// come only moves, Softmax or Sigmoid, and an output.
///
/// All that an operator moves has one class, the operands of a Concat included. ONNX Runtime could also join codes of
/// different scales (QLinearConcat), and POT gives one range only to a Concat in front of weights. One class is kept
/// here because the layer behind reads one scale anyhow, so that an operand with a smaller range gains nothing from a
/// finer one and would be rounded twice; joining equal codes is a copy. Where an operand has other readers they get its
/// coarser scale too, as in a DenseNet.
[[nodiscard]] Placement placed(const Graph& graph, const ValueTypes& types, const PlacementOptions& options);

}  // namespace quantrail
