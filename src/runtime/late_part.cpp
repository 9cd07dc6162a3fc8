#include "runtime/late_part.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>

#include "model/interpret.h"

namespace quantrail {
namespace {

/// Of the values that live at once: their sizes are known only once the data is there, and nobody could agree to them.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30U;

}  // namespace

LateRun::LateRun(std::shared_ptr<const LatePart> part, const Bindings& at)
    : part_(std::move(part)), last_read_(part_->late.nodes.size()) {
  for (const auto& source : part_->sources) sources_.push_back(at.source<std::byte>(source.storage));
  std::set<std::string, std::less<>> needed(part_->late.outputs.begin(), part_->late.outputs.end());
  for (std::size_t node = last_read_.size(); node-- > 0;) {
    for (const auto* values : {&part_->late.nodes[node].inputs, &part_->late.nodes[node].outputs}) {
      for (const auto& value : *values) {
        if (needed.insert(value).second) last_read_[node].push_back(value);
      }
    }
  }
}

const Tensor* LateRun::operand(const std::string& value) const {
  if (value.empty()) return nullptr;
  const auto constant = part_->late.constants.find(value);
  return constant != part_->late.constants.end() ? constant->second.get() : &values_.at(value);
}

void LateRun::take_sources() {
  values_.clear();
  for (std::size_t at = 0; at < sources_.size(); ++at) {
    const auto& source = part_->sources[at];
    Tensor value = Tensor::zeros(source.type.type, source.type.shape);
    if (!value.bytes.empty()) std::memcpy(value.bytes.data(), sources_[at].data(), value.bytes.size());
    values_[source.value] = std::move(value);
  }
}

void LateRun::drop_after(std::size_t node) {
  for (const auto& value : last_read_[node]) values_.erase(value);
}

std::uint64_t LateRun::bytes() const {
  return std::accumulate(values_.begin(), values_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& value) { return sum + value.second.bytes.size(); });
}

Status LateRun::run() {
  take_sources();
  for (std::size_t at = 0; at < part_->late.nodes.size(); ++at) {
    const Node& node = part_->late.nodes[at];
    std::vector<const Tensor*> operands;
    for (const auto& input : node.inputs) operands.push_back(operand(input));
    auto results = interpreted(node, part_->opset, operands, kMostBytes - std::min(kMostBytes, bytes()));
    if (!results) return failed(results);
    for (std::size_t output = 0; output < node.outputs.size(); ++output) {
      if (!node.outputs[output].empty()) values_[node.outputs[output]] = std::move((*results)[output]);
    }
    drop_after(at);
  }
  return {};
}

const Tensor& LateRun::output(std::size_t index) const { return values_.at(part_->late.outputs[index]); }

}  // namespace quantrail
