#include "families/listed_data.h"

#include <algorithm>

namespace quantrail::testing {

ListedData::ListedData(std::vector<Inputs> samples) : samples_(std::move(samples)) {
  for (const auto& [name, value] : samples_.at(0)) {
    inputs_.push_back({name, value.type, {value.shape.begin() + 1, value.shape.end()}});
  }
}

Status ListedData::read(std::size_t index, std::span<const std::span<std::byte>> buffers) const {
  for (std::size_t at = 0; at < inputs_.size(); ++at) {
    std::ranges::copy(samples_[index].at(inputs_[at].name).bytes, buffers[at].begin());
  }
  return {};
}

}  // namespace quantrail::testing
