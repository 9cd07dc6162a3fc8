#include "model/interpret.h"

#include "model/kernels.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

/// More than any real tensor, less than what would exhaust a machine at one stroke.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 32U;

const Kernels& all_kernels() {
  static const Kernels kKernels = [] {
    Kernels kernels;
    add_movement_kernels(kernels);
    add_indexing_kernels(kernels);
    add_arithmetic_kernels(kernels);
    add_logic_kernels(kernels);
    add_function_kernels(kernels);
    add_conversion_kernels(kernels);
    add_reduction_kernels(kernels);
    add_normalisation_kernels(kernels);
    return kernels;
  }();
  return kKernels;
}

Result<std::vector<Tensor>> zeros_for(const Node& node, const Types& types) {
  std::vector<Tensor> outputs;
  for (std::size_t at = 0; at < node.outputs.size(); ++at) {
    if (checked_bytes(types[at].type, types[at].shape).value_or(kMostBytes + 1) > kMostBytes) {
      return fail(Cause::Unsupported, "its output of shape {} is too large", shape_text(types[at].shape));
    }
    outputs.push_back(Tensor::zeros(types[at].type, types[at].shape));
  }
  return outputs;
}

}  // namespace

bool interpretable(const std::string& op) { return all_kernels().contains(op); }

Result<std::vector<Tensor>> interpreted(const Node& node, std::int64_t opset, std::span<const Tensor* const> inputs) {
  const auto kernel = all_kernels().find(node.op);
  if (kernel == all_kernels().end())
    return fail(Cause::Unsupported, "{}: this operator is not interpreted", described(node, opset));
  std::vector<TensorType> known;
  known.reserve(inputs.size());
  std::vector<const TensorType*> types;
  for (const Tensor* input : inputs) {
    if (input != nullptr) known.push_back({input->type, input->shape});
    types.push_back(input != nullptr ? &known.back() : nullptr);
  }
  const NodeView view(node, opset, types, inputs);
  const auto wanted = output_types(view);
  if (!wanted) return failed(wanted);
  auto outputs = zeros_for(node, *wanted);
  if (!outputs) return failed(outputs, described(node, opset));
  if (auto done = kernel->second({view, inputs, *outputs}); !done) return failed(done, described(node, opset));
  return outputs;
}

}  // namespace quantrail
