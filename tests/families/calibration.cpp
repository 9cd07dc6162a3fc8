#include "families/calibration.h"

#include <cstring>

namespace quantrail::testing {

CalibrationData::CalibrationData(Description description, std::size_t size)
    : description_(std::move(description)), size_(size) {
  for (const auto& input : description_.inputs) {
    const Shape shape = shape_at(input, description_.sizes[0]);
    inputs_.push_back({input.name, input.type, {shape.begin() + 1, shape.end()}});
  }
}

Status CalibrationData::read(std::size_t index, std::span<const std::span<std::byte>> buffers) const {
  const auto values = random_inputs(description_, description_.sizes[0], static_cast<std::uint32_t>(index) + 1);
  for (std::size_t at = 0; at < inputs_.size(); ++at) {
    std::memcpy(buffers[at].data(), values.at(inputs_[at].name).bytes.data(), buffers[at].size());
  }
  return {};
}

}  // namespace quantrail::testing
