#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "base/folders.h"
#include "base/text.h"
#include "data/byte_source.h"
#include "data/digests.h"
#include "data/image_source.h"

namespace quantrail {
namespace {

constexpr ImageSize kSize{32, 32};
constexpr std::size_t kPixels = 32 * 32;
constexpr std::size_t kRecordBytes = 1 + 3 * kPixels;
constexpr std::int64_t kClasses = 10;

struct Batch {
  std::filesystem::path path{};
  std::shared_ptr<const ByteSource> bytes{};
};

/// One record: which batch and which place in it.
struct Record {
  std::size_t batch = 0;
  std::size_t position = 0;
  std::int64_t label = 0;
};

class Cifar10 final : public ImageSource {
 public:
  Cifar10(std::vector<Batch> batches, std::vector<Record> records)
      : batches_(std::move(batches)), records_(std::move(records)) {}

  [[nodiscard]] std::size_t size() const override { return records_.size(); }
  [[nodiscard]] std::optional<std::int64_t> label(std::size_t index) const override { return records_[index].label; }
  [[nodiscard]] std::string describe(std::size_t index) const override {
    const Record& record = records_[index];
    return fmt::format("{} record {}", batches_[record.batch].path.string(), record.position);
  }

  [[nodiscard]] Result<Image> image(std::size_t index) const override {
    const Record& record = records_[index];
    std::array<std::byte, 3 * kPixels> planes{};
    const auto read = batches_[record.batch].bytes->read(record.position * kRecordBytes + 1, planes);
    if (!read) return failed(read);
    Image image = Image::of_size(kSize);
    for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
      for (std::size_t c = 0; c < 3; ++c)
        image.values[3 * pixel + c] = std::to_integer<std::uint8_t>(planes[c * kPixels + pixel]);
    }
    return image;
  }

  [[nodiscard]] Status add_to(Hasher& hasher, std::size_t, const OpenOptions& options) const override {
    std::vector<std::filesystem::path> paths;
    for (const auto& batch : batches_) paths.push_back(batch.path);
    const auto digests = file_digests(paths, options);
    if (!digests) return failed(digests);
    for (const auto& digest : *digests) hasher.add(digest);
    return {};
  }

 private:
  std::vector<Batch> batches_;
  std::vector<Record> records_;
};

Result<std::vector<std::filesystem::path>> batch_files(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector{path};
  const auto found = listed(path);
  if (!found) return failed(found);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : *found) {
    if (matches_glob("data_batch_*.bin", entry.path().filename().string())) files.push_back(entry.path());
  }
  if (files.empty())
    return fail(Cause::InvalidInput, "{}: there is no data_batch_*.bin; name any other batch itself", path.string());
  return files;
}

/// Adds the labels of a batch.
Status add_records(const Batch& batch, std::size_t number, std::vector<Record>& records) {
  const std::uint64_t bytes = batch.bytes->size();
  if (bytes == 0) return fail(Cause::InvalidInput, "{}: the file is empty", batch.path.string());
  if (bytes % kRecordBytes != 0) {
    return fail(Cause::InvalidInput, "{}: {} bytes are not a whole number of CIFAR-10 records of {} bytes",
                batch.path.string(), bytes, kRecordBytes);
  }
  for (std::size_t i = 0; i < bytes / kRecordBytes; ++i) {
    std::byte label{};
    const auto read = batch.bytes->read(i * kRecordBytes, {&label, 1});
    if (!read) return failed(read, batch.path.string());
    if (std::to_integer<std::int64_t>(label) >= kClasses) {
      return fail(Cause::InvalidInput, "{} record {}: the label is {}, allowed are 0 to {}", batch.path.string(), i,
                  std::to_integer<int>(label), kClasses - 1);
    }
    records.push_back({number, i, std::to_integer<std::int64_t>(label)});
  }
  return {};
}

}  // namespace

Result<ImageSourcePtr> open_cifar10(const DataSpec& spec) {
  const auto files = batch_files(spec.path);
  if (!files) return failed(files);
  std::vector<Batch> batches;
  std::vector<Record> records;
  for (const auto& path : *files) {
    auto bytes = open_bytes(path);
    if (!bytes) return failed(bytes);
    batches.push_back({path, std::move(*bytes)});
    if (const auto added = add_records(batches.back(), batches.size() - 1, records); !added) return failed(added);
  }
  return std::make_unique<Cifar10>(std::move(batches), std::move(records));
}

}  // namespace quantrail
