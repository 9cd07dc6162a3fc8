#include "model/interpret.h"
#include "runtime/emission.h"

namespace quantrail {
namespace {

struct Operand {
  StorageId storage = 0;
  TensorType type{};
};

/// Runs the interpreter on copies: rare operators pay for them, the others stay free of Tensors.
class Interpretation {
 public:
  Interpretation(std::shared_ptr<const Node> node, std::int64_t opset) : node_(std::move(node)), opset_(opset) {}

  void add_source(const Operand* operand, const Bindings& at) {
    sources_.push_back(operand != nullptr ? at.source<std::byte>(operand->storage) : std::span<const std::byte>{});
    tensors_.push_back(operand != nullptr ? std::optional(Tensor::zeros(operand->type.type, operand->type.shape))
                                          : std::nullopt);
  }
  void add_target(std::size_t output, std::span<std::byte> target) { targets_.emplace_back(output, target); }

  Status operator()() {
    std::vector<const Tensor*> inputs;
    for (std::size_t at = 0; at < tensors_.size(); ++at) {
      if (tensors_[at] && !sources_[at].empty())
        std::memcpy(tensors_[at]->bytes.data(), sources_[at].data(), tensors_[at]->bytes.size());
      inputs.push_back(tensors_[at] ? &*tensors_[at] : nullptr);
    }
    auto results = interpreted(*node_, opset_, inputs);
    if (!results) return failed(results);
    for (const auto& [output, target] : targets_) {
      const auto& bytes = results->at(output).bytes;
      if (bytes.size() != target.size())
        return fail(Cause::Backend, "node \"{}\": its result has {} bytes instead of {}", node_->name, bytes.size(),
                    target.size());
      std::memcpy(target.data(), bytes.data(), bytes.size());
    }
    return {};
  }

 private:
  std::shared_ptr<const Node> node_;
  std::int64_t opset_;
  std::vector<std::span<const std::byte>> sources_{};
  std::vector<std::optional<Tensor>> tensors_{};
  std::vector<std::pair<std::size_t, std::span<std::byte>>> targets_{};
};

}  // namespace

Status emit_interpreted(const Emission& e) {
  if (!interpretable(e.node().op)) return e.unsupported("not supported by the runtime");
  std::vector<std::optional<Operand>> operands;
  std::vector<StorageId> reads;
  for (std::size_t input = 0; input < e.node().inputs.size(); ++input) {
    operands.emplace_back();
    if (!e.has_input(input)) continue;
    auto storage = e.read_float(input, Layout::Plain);
    if (!storage) return failed(storage);
    operands.back() = Operand{*storage, e.builder().type(e.node().inputs[input])};
    reads.push_back(*storage);
  }
  std::vector<StorageId> writes;
  std::vector<std::size_t> outputs;
  for (std::size_t output = 0; output < e.node().outputs.size(); ++output) {
    if (e.node().outputs[output].empty()) continue;
    writes.push_back(e.builder().write(e.node().outputs[output], {Numeric::Float, Layout::Plain}));
    outputs.push_back(output);
  }
  auto node = std::make_shared<const Node>(e.node());
  e.step(reads, writes, [=, opset = e.builder().graph().opset](const Bindings& at) -> Action {
    Interpretation interpretation(node, opset);
    for (const auto& operand : operands) interpretation.add_source(operand ? &*operand : nullptr, at);
    for (std::size_t i = 0; i < writes.size(); ++i)
      interpretation.add_target(outputs[i], at.target<std::byte>(writes[i]));
    return interpretation;
  });
  return {};
}

}  // namespace quantrail
