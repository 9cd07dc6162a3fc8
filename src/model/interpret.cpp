#include "model/interpret.h"

#include <algorithm>
#include <deque>

#include "model/half.h"
#include "model/kernels.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

const Kernels& all_kernels() {
  static const Kernels kKernels = [] {
    Kernels kernels;
    add_movement_kernels(kernels);
    add_indexing_kernels(kernels);
    add_arithmetic_kernels(kernels);
    add_logic_kernels(kernels);
    add_function_kernels(kernels);
    add_bit_kernels(kernels);
    add_transcendental_kernels(kernels);
    add_activation_kernels(kernels);
    add_scatter_kernels(kernels);
    add_selection_kernels(kernels);
    add_pattern_kernels(kernels);
    add_sequence_kernels(kernels);
    add_determinant_kernels(kernels);
    add_loss_kernels(kernels);
    add_window_function_kernels(kernels);
    add_signal_kernels(kernels);
    add_random_kernels(kernels);
    add_ngram_kernels(kernels);
    add_vector_norm_kernels(kernels);
    add_batch_normalization_kernels(kernels);
    add_image_kernels(kernels);
    add_conversion_kernels(kernels);
    add_reduction_kernels(kernels);
    add_normalisation_kernels(kernels);
    add_convolution_kernels(kernels);
    add_deformed_convolution_kernels(kernels);
    add_pooling_kernels(kernels);
    add_matrix_kernels(kernels);
    add_quantize_kernels(kernels);
    add_resize_kernels(kernels);
    add_grid_sample_kernels(kernels);
    add_detection_kernels(kernels);
    add_recurrent_kernels(kernels);
    add_integer_layer_kernels(kernels);
    return kernels;
  }();
  return kKernels;
}

Status check_bytes(const Node& node, const Types& types, std::uint64_t most) {
  for (std::size_t at = 0; at < node.outputs.size(); ++at) {
    const auto bytes = checked_bytes(types[at].type, types[at].shape);
    if (!bytes || *bytes > most) {
      return fail(Cause::Unsupported, "its output of shape {} is too large", shape_text(types[at].shape));
    }
    most -= *bytes;
  }
  return {};
}

std::vector<Tensor> zeros_for(const Node& node, const Types& types) {
  std::vector<Tensor> outputs;
  for (std::size_t at = 0; at < node.outputs.size(); ++at) {
    outputs.push_back(Tensor::zeros(types[at].type, types[at].shape));
  }
  return outputs;
}

/// What a kernel that computes sees: halves as float32.
class Widened {
 public:
  explicit Widened(std::span<const Tensor* const> inputs) {
    for (const Tensor* input : inputs) {
      if (input == nullptr || !is_half(input->type)) {
        inputs_.push_back(input);
      } else {
        inputs_.push_back(&copies_.emplace_back(widened(*input)));
      }
    }
  }
  [[nodiscard]] std::span<const Tensor* const> inputs() const { return inputs_; }

 private:
  std::deque<Tensor> copies_{};
  std::vector<const Tensor*> inputs_{};
};

/// The types of `tensors`, and pointers to them as a NodeView wants them. Not copied, since it points into itself.
class TypesOf {
 public:
  explicit TypesOf(std::span<const Tensor* const> tensors) {
    for (const Tensor* tensor : tensors) {
      pointers_.push_back(tensor == nullptr ? nullptr : &types_.emplace_back(TensorType{tensor->type, tensor->shape}));
    }
  }
  TypesOf(const TypesOf&) = delete;
  TypesOf& operator=(const TypesOf&) = delete;
  [[nodiscard]] std::span<const TensorType* const> pointers() const { return pointers_; }

 private:
  std::deque<TensorType> types_{};
  std::vector<const TensorType*> pointers_{};
};

Types widened(Types types) {
  for (auto& type : types) {
    if (is_half(type.type)) type.type = ElementType::Float32;
  }
  return types;
}

/// Runs `kernel` on halves as float32 and rounds its results once.
Result<std::vector<Tensor>> run_widened(const Kernel& kernel, const NodeView& view,
                                        std::span<const Tensor* const> inputs, const Types& types) {
  const Widened wide(inputs);
  const TypesOf wide_types(wide.inputs());
  const NodeView wide_view(view.node(), view.opset(), wide_types.pointers(), wide.inputs());
  auto outputs = zeros_for(view.node(), widened(types));
  if (auto done = kernel.run({wide_view, wide.inputs(), outputs}); !done) return failed(done);
  for (std::size_t at = 0; at < outputs.size(); ++at) {
    if (is_half(types[at].type)) outputs[at] = narrowed(outputs[at], types[at].type);
  }
  return outputs;
}

Result<std::vector<Tensor>> run(const Kernel& kernel, const NodeView& view, std::span<const Tensor* const> inputs,
                                const Types& types) {
  const auto half = [](const auto& one) { return is_half(one.type); };
  const bool halves = std::any_of(types.begin(), types.end(), half) ||
                      std::any_of(inputs.begin(), inputs.end(), [&](const auto* one) { return one && half(*one); });
  if (halves && kernel.reading == Reading::AsNumbers) return run_widened(kernel, view, inputs, types);
  auto outputs = zeros_for(view.node(), types);
  if (auto done = kernel.run({view, inputs, outputs}); !done) return failed(done);
  return outputs;
}

}  // namespace

bool interpretable(const std::string& op) { return all_kernels().contains(op); }

Result<std::vector<Tensor>> interpreted(const Node& node, std::int64_t opset, std::span<const Tensor* const> inputs,
                                        std::uint64_t most_bytes) {
  const auto kernel = all_kernels().find(node.op);
  if (kernel == all_kernels().end())
    return fail(Cause::Unsupported, "{}: this operator is not interpreted", described(node, opset));
  const TypesOf types(inputs);
  const NodeView view(node, opset, types.pointers(), inputs);
  const auto wanted = output_types(view);
  if (!wanted) return failed(wanted);
  if (auto ok = check_bytes(node, *wanted, most_bytes); !ok) return failed(ok, described(node, opset));
  auto outputs = run(kernel->second, view, inputs, *wanted);
  if (!outputs) return failed(outputs, described(node, opset));
  return outputs;
}

}  // namespace quantrail
