#include "batch.h"

namespace quantrail::bench {

Result<Batch> samples_from(const Dataset& data, std::size_t first, std::size_t count) {
  Batch batch{count, {}};
  std::vector<std::size_t> sample_bytes;
  for (const auto& input : data.inputs()) {
    sample_bytes.push_back(static_cast<std::size_t>(element_count(input.shape)) * size_of(input.type));
    batch.inputs.push_back({input, std::vector<std::byte>(count * sample_bytes.back())});
  }
  for (std::size_t index = 0; index < count; ++index) {
    std::vector<std::span<std::byte>> buffers;
    for (std::size_t at = 0; at < sample_bytes.size(); ++at) {
      buffers.push_back(std::span(batch.inputs[at].bytes).subspan(index * sample_bytes[at], sample_bytes[at]));
    }
    if (const auto read = data.read(first + index, buffers); !read) return failed(read);
  }
  return batch;
}

Result<Batch> first_samples(const Dataset& data, std::size_t count) { return samples_from(data, 0, count); }

}  // namespace quantrail::bench
