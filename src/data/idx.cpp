#include "data/idx.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "data/gzip.h"

namespace quantrail {
namespace {

constexpr std::size_t kMostAxes = 32;
constexpr std::size_t kLongestHeader = 4 + 4 * kMostAxes;

struct ElementCode {
  std::uint8_t code = 0;
  char kind = 'u';
  std::size_t bytes = 1;
};
constexpr std::array<ElementCode, 6> kElements{
    {{0x08, 'u', 1}, {0x09, 'i', 1}, {0x0B, 'i', 2}, {0x0C, 'i', 4}, {0x0D, 'f', 4}, {0x0E, 'f', 8}}};

/// Elements from `from` on, turned to little endian. Whole elements are read.
class BigEndianBytes final : public ByteSource {
 public:
  BigEndianBytes(std::shared_ptr<const ByteSource> inner, std::uint64_t from, std::size_t item_bytes)
      : inner_(std::move(inner)), from_(from), item_bytes_(item_bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return inner_->size() - from_; }
  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> out) const override {
    assert(offset % item_bytes_ == 0 && out.size() % item_bytes_ == 0);
    if (auto read = inner_->read(from_ + offset, out); !read) return read;
    for (; !out.empty(); out = out.subspan(item_bytes_)) std::reverse(out.begin(), out.begin() + item_bytes_);
    return {};
  }

 private:
  std::shared_ptr<const ByteSource> inner_;
  std::uint64_t from_;
  std::size_t item_bytes_;
};

/// Sets type, shape and where the data begins. `start` is the beginning of the file.
Status read_header(std::span<const std::byte> start, NpyArray& array) {
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(start[i]); };
  if (start.size() < 4 || at(0) != 0 || at(1) != 0) {
    return fail(Cause::InvalidInput,
                "is not an IDX file: two zero bytes, the type of elements and the number of axes are missing");
  }
  const auto element = std::find_if(kElements.begin(), kElements.end(), [&](const auto& e) { return e.code == at(2); });
  if (element == kElements.end()) {
    return fail(Cause::InvalidInput,
                "is not an IDX file, or damaged: the type of elements is {:#04x}, allowed are 0x08 (uint8), 0x09 "
                "(int8), 0x0b (int16), 0x0c (int32), 0x0d (float32), 0x0e (float64)",
                at(2));
  }
  const std::size_t axes = at(3);
  if (axes == 0) return fail(Cause::InvalidInput, "holds a single number; the first axis must count the samples");
  if (axes > kMostAxes) return fail(Cause::InvalidInput, "has {} axes, allowed are 1 to {}", axes, kMostAxes);
  array.kind = element->kind;
  array.item_bytes = element->bytes;
  array.data_offset = 4 + 4 * axes;
  if (start.size() < array.data_offset)
    return fail(Cause::InvalidInput, "ends within the header, which has {} axes", axes);
  for (std::size_t i = 4; i < array.data_offset; i += 4) {
    array.shape.push_back(std::int64_t{at(i)} << 24U | at(i + 1) << 16U | at(i + 2) << 8U | at(i + 3));
  }
  return {};
}

/// The bytes that the elements take; not more than `most`, which the file could hold at the utmost.
Result<std::uint64_t> claimed_bytes(const NpyArray& array, std::uint64_t most) {
  if (std::find(array.shape.begin(), array.shape.end(), 0) != array.shape.end())
    return fail(Cause::InvalidInput, "is empty: its shape is [{}]", fmt::join(array.shape, ","));
  std::uint64_t bytes = array.item_bytes;
  for (const auto size : array.shape) {
    if (bytes > most / static_cast<std::uint64_t>(size)) {
      return fail(Cause::InvalidInput, "the header claims {} of shape [{}], the file is too short for them",
                  array.type_name(), fmt::join(array.shape, ","));
    }
    bytes *= static_cast<std::uint64_t>(size);
  }
  return bytes;
}

Result<std::vector<std::byte>> beginning(const ByteSource& bytes, std::uint64_t most) {
  std::vector<std::byte> start(std::min(most, bytes.size()));
  if (const auto read = bytes.read(0, start); !read) return failed(read);
  return start;
}

/// The content of a compressed file, and not much more than that where its header lies.
Result<std::shared_ptr<const ByteSource>> inflated(const ByteSource& bytes) {
  const auto compressed = beginning(bytes, bytes.size());
  if (!compressed) return failed(compressed);
  const auto start = gunzipped(*compressed, kLongestHeader);
  if (!start) return failed(start);
  NpyArray array;
  if (const auto read = read_header(*start, array); !read) return failed(read);
  const auto claimed = claimed_bytes(array, (compressed->size() + 1) * kMostDeflatedGrowth);
  if (!claimed) return failed(claimed);
  auto content = gunzipped(*compressed, array.data_offset + *claimed + 1);
  if (!content) return failed(content);
  return bytes_in_memory(std::move(*content));
}

Result<NpyArray> described(std::shared_ptr<const ByteSource> bytes) {
  auto start = beginning(*bytes, kLongestHeader);
  if (!start) return failed(start);
  if (is_gzip(*start)) {
    auto content = inflated(*bytes);
    if (!content) return failed(content);
    bytes = std::move(*content);
    start = beginning(*bytes, kLongestHeader);
    if (!start) return failed(start);
  }
  NpyArray array;
  if (const auto read = read_header(*start, array); !read) return failed(read);
  const std::uint64_t available = bytes->size() - array.data_offset;
  const auto claimed = claimed_bytes(array, available);
  if (!claimed) return failed(claimed);
  if (*claimed != available) {
    return fail(Cause::InvalidInput, "the header claims {} of shape [{}], more than these follow it", array.type_name(),
                fmt::join(array.shape, ","));
  }
  array.bytes = std::move(bytes);
  if (array.item_bytes > 1) {
    array.bytes = std::make_shared<BigEndianBytes>(std::move(array.bytes), array.data_offset, array.item_bytes);
    array.data_offset = 0;
  }
  return array;
}

}  // namespace

Result<NpyArray> open_idx(const std::filesystem::path& path) {
  auto bytes = open_bytes(path);
  if (!bytes) return failed(bytes);
  auto array = described(std::move(*bytes));
  if (!array) return failed(array, path.string());
  array->name = path.string();
  return array;
}

}  // namespace quantrail
