#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/name_map.h"
#include "model/tensor.h"

namespace quantrail {

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>,
                               std::vector<std::string>, TensorPtr>;

/// One operator of the default ONNX domain, in the form that `Graph::opset` prescribes.
struct Node {
  std::string name{};                  ///< unique in the graph; people know their layers by it
  std::string op{};                    ///< ONNX op_type
  std::vector<std::string> inputs{};   ///< value names; "" for an optional input left out
  std::vector<std::string> outputs{};  ///< value names; "" for an optional output left out
  std::map<std::string, Attribute> attributes{};
  std::vector<std::string> absorbed{};  ///< names of source nodes folded into this one (BatchNormalization, ...)
};

/// A graph input or output as declared: name, element type, shape with -1 where it is symbolic or unknown.
struct ValueInfo {
  std::string name{};
  ElementType type = ElementType::Float32;
  Shape shape{};
  std::vector<std::string> symbols{};  ///< per axis: the symbol of a symbolic one, else ""
};

/// A network: named values connect nodes. Invariants: nodes are in topological order; every input of a node is a graph
/// input, a constant, or an output of an earlier node; node names are unique; each value has one producer.
/// A graph is a value: passes take one and return another, and tensors are shared, never changed.
struct Graph {
  std::string name{};
  std::int64_t opset = 13;  ///< >= 13 after loading: older forms are upgraded on import
  std::vector<ValueInfo> inputs{};
  std::vector<ValueInfo> outputs{};
  std::map<std::string, TensorPtr, std::less<>> constants{};  ///< initializers and folded values, by value name
  std::vector<Node> nodes{};
  std::optional<std::int64_t> upgraded_from{};  ///< the opset of the file, where it is older
};

/// Who produces and who reads each value of one graph, which must outlive this and stay unchanged.
class GraphIndex {
 public:
  explicit GraphIndex(const Graph& graph);
  /// Position in graph.nodes of the producer of `value`; nothing for inputs and constants.
  [[nodiscard]] std::optional<std::size_t> producer(std::string_view value) const;
  /// Positions of the readers of `value`, ascending, once each.
  [[nodiscard]] const std::vector<std::size_t>& readers(std::string_view value) const;
  [[nodiscard]] bool is_output(std::string_view value) const;
  [[nodiscard]] std::optional<std::size_t> node(std::string_view name) const;

 private:
  NameMap<std::size_t> producers_{};
  NameMap<std::vector<std::size_t>> readers_{};
  NameMap<std::size_t> names_{};
  NameMap<bool> outputs_{};
};

[[nodiscard]] std::int64_t int_attribute(const Node& node, std::string_view key, std::int64_t otherwise);
[[nodiscard]] float float_attribute(const Node& node, std::string_view key, float otherwise);
[[nodiscard]] std::string string_attribute(const Node& node, std::string_view key, std::string_view otherwise);
[[nodiscard]] std::vector<std::int64_t> ints_attribute(const Node& node, std::string_view key,
                                                       std::vector<std::int64_t> otherwise);

/// The constant that feeds input `index` of `node`; null when it is absent or not constant.
[[nodiscard]] TensorPtr constant_input(const Graph& graph, const Node& node, std::size_t index);

/// "node 'conv1' (Conv, opset 13)", for messages; the name is made safe to print.
[[nodiscard]] std::string described(const Node& node, std::int64_t opset);

}  // namespace quantrail
