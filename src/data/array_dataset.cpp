#include "data/array_dataset.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "data/digests.h"
#include "data/half_bits.h"
#include "data/open_shape.h"
#include "model/infer.h"

namespace quantrail {
namespace {

/// One network input and the array that feeds it.
struct Feed {
  NpyArray array{};
  SampleInput input{};
};

bool converts(ElementType from, ElementType to) {
  if (from == to) return true;
  if (from == ElementType::Uint64) return false;  // not all of them fit int64
  return is_float(from) ? to == ElementType::Float32 || is_half(to) : to == ElementType::Int64;
}

/// Elements rounded to `type`, which is half precision. Errors: InvalidInput for a number that is too large for it.
Result<Tensor> rounded(const Tensor& row, ElementType type) {
  const auto values = floats_of(row);
  Tensor half = Tensor::zeros(type, row.shape);
  auto* out = reinterpret_cast<std::uint16_t*>(half.bytes.data());
  for (std::size_t i = 0; i < values.size(); ++i) {
    // From float64 at once: by way of float32, ties would be decided twice.
    const double value = row.type == ElementType::Float64 ? row.values<double>()[i] : double{values[i]};
    const auto bits = half_bits(value, type);
    if (!bits)
      return fail(Cause::InvalidInput, "{} is too large for {}, which the network input takes", value, name_of(type));
    out[i] = *bits;
  }
  return half;
}

bool fits(const Shape& found, const Shape& needed) {
  return std::equal(found.begin(), found.end(), needed.begin(), needed.end(),
                    [](std::int64_t size, std::int64_t allowed) { return allowed < 0 || size == allowed; });
}

/// Whether `row` is one sample for an input: as `declared`, or without the first axis where that counts one.
bool one_sample(const Shape& row, const Shape& declared) {
  if (fits(row, declared)) return true;
  const bool counts_one = !declared.empty() && (declared[0] == 1 || declared[0] < 0);
  return counts_one && fits(row, {declared.begin() + 1, declared.end()});
}

/// `whole`: what the input declares is one sample, its first axis included.
Result<Feed> make_feed(const NpyArray& array, const ValueInfo& input, bool whole) {
  const auto type = array.type();
  Shape declared = input.shape;
  if (!whole && !declared.empty()) declared[0] = 1;
  const Shape needed(declared.begin() + (whole || declared.empty() ? 0 : 1), declared.end());
  if (type && converts(*type, input.type) && one_sample(array.row_shape(), declared)) {
    return Feed{array, {input.name, input.type, array.row_shape()}};
  }
  const bool like_images = array.type_name() == "uint8" && array.shape.size() == 4 && input.shape.size() == 4;
  return fail(Cause::InvalidInput, "{}: samples are {} {}, the network input \"{}\" needs {} {}{}", array.name,
              array.type_name(), open_shape_text(array.row_shape()), printable(input.name), name_of(input.type),
              open_shape_text(needed),
              like_images ? "; if these are images, say so with data.layout (NHWC or NCHW)" : "");
}

Result<std::vector<Feed>> make_feeds(const std::map<std::string, NpyArray>& arrays, std::span<const ValueInfo> inputs) {
  std::vector<std::string> given, needed;
  for (const auto& input : inputs) needed.push_back(printable(input.name));
  for (const auto& [name, array] : arrays) given.push_back(printable(name));
  const bool unnamed = arrays.size() == 1 && arrays.begin()->first.empty();
  if (unnamed && inputs.size() != 1) {
    return fail(Cause::InvalidInput, "{}: one array is given, the network has {} inputs ({}): give one for each",
                arrays.begin()->second.name, inputs.size(), joined(needed, ", "));
  }
  const bool whole = takes_whole_samples(inputs);
  std::vector<Feed> feeds;
  for (const auto& input : inputs) {
    const auto found = unnamed ? arrays.begin() : arrays.find(input.name);
    if (found == arrays.end()) {
      return fail(Cause::InvalidInput, "no array for the network input \"{}\"{}; given are {}", printable(input.name),
                  did_you_mean(input.name, given), joined(given, ", "));
    }
    auto feed = make_feed(found->second, input, whole);
    if (!feed) return failed(feed);
    feeds.push_back(std::move(*feed));
  }
  for (const auto& [name, array] : arrays) {
    const bool used =
        unnamed || std::any_of(inputs.begin(), inputs.end(), [&](const auto& input) { return input.name == name; });
    if (used) continue;
    const bool like_labels = array.row_shape().empty() && array.kind != 'f';
    return fail(Cause::InvalidInput, "{}: the network has no input \"{}\"{}; its inputs are {}", array.name,
                printable(name),
                like_labels ? " (if these are labels, name them in data.labels_array or data.labels)"
                            : did_you_mean(name, needed),
                joined(needed, ", "));
  }
  return feeds;
}

class ArrayDataset final : public Dataset {
 public:
  ArrayDataset(std::vector<Feed> feeds, std::optional<std::vector<std::int64_t>> labels, std::size_t size,
               Digest fingerprint)
      : feeds_(std::move(feeds)), labels_(std::move(labels)), size_(size), fingerprint_(fingerprint) {
    for (const auto& feed : feeds_) inputs_.push_back(feed.input);
  }

  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override {
    return Truth{.label = labels_ ? std::optional((*labels_)[index]) : std::nullopt};
  }
  [[nodiscard]] std::string describe(std::size_t index) const override { return feeds_.front().array.describe(index); }
  [[nodiscard]] Digest fingerprint() const override { return fingerprint_; }

  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    for (std::size_t i = 0; i < feeds_.size(); ++i) {
      if (const auto read = read_one(feeds_[i], index, buffers[i]); !read) return failed(read);
    }
    return {};
  }

 private:
  static Status read_one(const Feed& feed, std::size_t index, std::span<std::byte> out) {
    const ElementType stored = feed.array.type().value();
    if (stored == feed.input.type) return feed.array.read_row(index, out);
    Tensor row = Tensor::zeros(stored, feed.input.shape);
    if (const auto read = feed.array.read_row(index, row.bytes); !read) return failed(read);
    if (is_half(feed.input.type)) {
      const auto half = rounded(row, feed.input.type);
      if (!half) return failed(half, feed.array.describe(index));
      std::memcpy(out.data(), half->bytes.data(), out.size());
    } else if (is_float(stored)) {
      const auto values = floats_of(row);
      std::memcpy(out.data(), values.data(), out.size());
    } else {
      const auto values = integers_of(row);
      std::memcpy(out.data(), values.data(), out.size());
    }
    return {};
  }

  std::vector<Feed> feeds_;
  std::vector<SampleInput> inputs_;
  std::optional<std::vector<std::int64_t>> labels_;
  std::size_t size_;
  Digest fingerprint_;
};

Digest fingerprint_of(std::span<const Feed> feeds, std::span<const Digest> files, std::size_t size,
                      const std::string& chosen) {
  Hasher hasher;
  hasher.add("arrays as stored").add(static_cast<std::int64_t>(size));
  for (const auto& feed : feeds) {
    hasher.add(feed.input.name).add(name_of(feed.input.type));
    for (const auto axis : feed.input.shape) hasher.add(axis);
  }
  for (const auto& digest : files) hasher.add(digest);
  if (!chosen.empty()) hasher.add(chosen);
  return hasher.finish();
}

}  // namespace

Result<std::shared_ptr<const Dataset>> make_array_dataset(ArrayFiles files, std::int64_t limit,
                                                          std::span<const ValueInfo> inputs,
                                                          const OpenOptions& options) {
  auto feeds = make_feeds(files.arrays, inputs);
  if (!feeds) return failed(feeds);
  const auto digests = file_digests(files.files, options);
  if (!digests) return failed(digests);
  const std::size_t size = limit > 0 ? std::min(files.rows(), static_cast<std::size_t>(limit)) : files.rows();
  const Digest fingerprint = fingerprint_of(*feeds, *digests, size, files.chosen);
  return std::make_shared<ArrayDataset>(std::move(*feeds), std::move(files.labels), size, fingerprint);
}

}  // namespace quantrail
