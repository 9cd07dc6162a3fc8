#pragma once

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/graph.h"
#include "model/infer.h"

namespace quantrail {

/// What a shape rule sees of one node.
class NodeView {
 public:
  /// `types` and `constants` are parallel to the node's inputs and outlive this; null: left out, or not constant.
  NodeView(const Node& node, std::int64_t opset, std::span<const TensorType* const> types,
           std::span<const Tensor* const> constants)
      : node_(node), opset_(opset), types_(types), constants_(constants) {}

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] std::size_t inputs() const { return types_.size(); }
  [[nodiscard]] bool has(std::size_t input) const { return input < types_.size() && types_[input] != nullptr; }
  /// Precondition of the next three: has(input).
  [[nodiscard]] const TensorType& type(std::size_t input) const { return *types_[input]; }
  [[nodiscard]] const Shape& shape(std::size_t input) const { return types_[input]->shape; }
  [[nodiscard]] std::size_t rank(std::size_t input) const { return types_[input]->shape.size(); }
  /// The value of an input; null when it is left out or not constant.
  [[nodiscard]] const Tensor* constant(std::size_t input) const {
    return input < constants_.size() ? constants_[input] : nullptr;
  }
  /// The elements of an integer input. Errors: Unsupported when it is computed from data; InvalidInput when it is left
  /// out or not of integers. `what` names it for people: "its axes".
  [[nodiscard]] Result<std::vector<std::int64_t>> integers(std::size_t input, std::string_view what) const;

  /// The value of an input of any type that a shape follows from. Errors: as of integers().
  [[nodiscard]] Result<const Tensor*> value(std::size_t input, std::string_view what) const;

  /// Whether value() or integers() was asked for something that is computed from data: once it is there, the shapes
  /// can be known.
  [[nodiscard]] bool waits_for_data() const { return waits_for_data_; }

  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t otherwise) const {
    return int_attribute(node_, key, otherwise);
  }
  [[nodiscard]] std::vector<std::int64_t> ints(std::string_view key) const { return ints_attribute(node_, key, {}); }

 private:
  const Node& node_;
  std::int64_t opset_;
  std::span<const TensorType* const> types_;
  std::span<const Tensor* const> constants_;
  mutable bool waits_for_data_ = false;
};

using Types = std::vector<TensorType>;

/// The element type for the number that ONNX gives it (TensorProto.DataType), as in attributes "to" and "dtype".
/// Errors: Unsupported.
[[nodiscard]] Result<ElementType> element_type_numbered(std::int64_t number);

/// How the types of a node's outputs follow from those of its inputs.
struct ShapeRule {
  Result<Types> (*types)(const NodeView&) = nullptr;
  std::size_t least_inputs = 1;  ///< the first so many inputs must be there
  std::size_t most_inputs = 1;
};

using ShapeRules = std::map<std::string_view, ShapeRule>;
constexpr std::size_t kAnyNumber = static_cast<std::size_t>(-1);

void add_window_rules(ShapeRules& rules);         // convolution, pooling
void add_matrix_rules(ShapeRules& rules);         // MatMul, Gemm, Einsum, their integer forms
void add_normalisation_rules(ShapeRules& rules);  // BatchNormalization, InstanceNormalization, GroupNormalization
void add_quantize_rules(ShapeRules& rules);       // QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear
void add_resize_rules(ShapeRules& rules);         // Resize
void add_recurrent_rules(ShapeRules& rules);      // LSTM, GRU, RNN
void add_sampling_rules(ShapeRules& rules);       // GridSample, RoiAlign, MaxRoiPool, NonMaxSuppression
void add_elementwise_rules(ShapeRules& rules);    // arithmetic, comparisons, activations, Cast
void add_movement_rules(ShapeRules& rules);       // Concat, Slice, Gather, Transpose, Pad, ...
void add_reshape_rules(ShapeRules& rules);        // Reshape, Flatten, Expand, Shape, Range, ...
void add_reduction_rules(ShapeRules& rules);      // Reduce*, ArgMax, Softmax
void add_indexing_rules(ShapeRules& rules);       // Scatter*, GatherND, TopK, NonZero, Unique, Compress, OneHot, ...
void add_signal_rules(ShapeRules& rules);         // windows, DFT, STFT, MelWeightMatrix, TfIdfVectorizer
void add_random_rules(ShapeRules& rules);         // Random*, Bernoulli, Dropout
void add_loss_rules(ShapeRules& rules);           // NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss
void add_image_rules(ShapeRules& rules);          // Col2Im, CenterCropPad, AffineGrid
void add_spatial_rules(ShapeRules& rules);        // DepthToSpace, SpaceToDepth

/// Whether a node has the inputs that its operator needs; operators without a rule pass. Errors: InvalidInput.
[[nodiscard]] Status check_arity(const Node& node, std::int64_t opset);

/// Types of all outputs of one node (also of optional outputs that it leaves out). Errors: Unsupported for an operator
/// without a rule, InvalidInput where inputs do not fit; they name the node, its operator and the opset.
[[nodiscard]] Result<Types> output_types(const NodeView& view);
[[nodiscard]] bool has_shape_rule(const std::string& op);

/// The value of a Shape or Size node, which depends on its input's shape alone; nothing for other operators.
[[nodiscard]] std::optional<Tensor> shape_value(const Node& node, const Shape& input);

}  // namespace quantrail
