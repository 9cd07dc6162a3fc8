#include "evaluate/reference.h"

#include <algorithm>

namespace quantrail {

std::vector<float> as_floats(const OutputView& output) {
  Tensor tensor{output.type, output.shape, {output.bytes.begin(), output.bytes.end()}};
  if (is_float(output.type)) return floats_of(tensor);
  std::vector<float> out;
  for (const auto value : integers_of(tensor)) out.push_back(static_cast<float>(value));
  return out;
}

double relative_distance(std::span<const float> y, std::span<const float> reference) {
  double error = 0.0;
  double norm = 0.0;
  for (std::size_t at = 0; at < std::max(y.size(), reference.size()); ++at) {
    const double expected = at < reference.size() ? reference[at] : 0.0;
    const double difference = (at < y.size() ? y[at] : 0.0) - expected;
    error += difference * difference;
    norm += expected * expected;
  }
  if (norm == 0.0) return error > 0.0 ? 1.0 : error;  // error: 0 or NaN
  return error / norm;
}

std::shared_ptr<const Reference> ReferenceOutputs::find(std::size_t sample) const {
  const std::scoped_lock lock(guard_);
  const auto found = outputs_.find(sample);
  return found == outputs_.end() ? nullptr : found->second;
}

void ReferenceOutputs::offer(std::size_t sample, std::shared_ptr<const Reference> outputs) {
  const std::scoped_lock lock(guard_);
  std::size_t size = 0;
  for (const auto& output : *outputs) size += output.size() * sizeof(float);
  if (size > max_bytes_ - bytes_) return;
  if (outputs_.emplace(sample, std::move(outputs)).second) bytes_ += size;
}

}  // namespace quantrail
