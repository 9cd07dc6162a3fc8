#include "synthetic_texts.h"

#include <cstring>
#include <random>

namespace quantrail::bench {

SyntheticTexts::SyntheticTexts(std::size_t count, std::int64_t length, std::int64_t vocabulary)
    : count_(count),
      vocabulary_(static_cast<std::uint64_t>(vocabulary)),
      inputs_{{"input_ids", ElementType::Int64, {length}}, {"attention_mask", ElementType::Int64, {length}}} {}

Status SyntheticTexts::read(std::size_t index, std::span<const std::span<std::byte>> buffers) const {
  std::mt19937 engine(static_cast<std::uint32_t>(index + 1));
  const auto length = static_cast<std::size_t>(inputs_[0].shape[0]);
  const std::size_t used = length - engine() % (length / 4 + 1);
  std::vector<std::int64_t> words(length);
  std::vector<std::int64_t> mask(length);
  for (std::size_t at = 0; at < length; ++at) {
    words[at] = static_cast<std::int64_t>(engine() % vocabulary_);
    mask[at] = at < used ? 1 : 0;
  }
  std::memcpy(buffers[0].data(), words.data(), buffers[0].size());
  std::memcpy(buffers[1].data(), mask.data(), buffers[1].size());
  return {};
}

std::string SyntheticTexts::describe(std::size_t index) const { return "synthetic text " + std::to_string(index); }

}  // namespace quantrail::bench
