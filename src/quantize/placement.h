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
  std::vector<NodePlace> nodes{};                ///< parallel to graph.nodes
  std::vector<ParameterClass> classes{};         ///< by first value, ascending
  std::set<std::string, std::less<>> ignored{};  ///< nodes that would be integer layers had the user not excluded them
};

using Types = std::map<std::string, TensorType, std::less<>>;

/// The placement of the canonical `graph`, whose values have `types` (Specialised::types at any batch size).
/// Integer layers are those for which ONNX Runtime has an integer kernel and that can win by it: Conv, Gemm and MatMul
/// with constant weights; Add and Mul of two activations, AveragePool and GlobalAveragePool where codes arrive. What
/// they read has quantization points; these move up through operators that only move values. A layer's result has a
/// point too, unless it ends the network: behind it come only moves, Softmax or Sigmoid, and an output.
/// `excluded`: node names, see resolved().
[[nodiscard]] Placement placed(const Graph& graph, const Types& types,
                               const std::set<std::string, std::less<>>& excluded);

}  // namespace quantrail
