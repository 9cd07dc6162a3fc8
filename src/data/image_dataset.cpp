#include "data/image_dataset.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "data/image_fit.h"
#include "data/image_pipeline.h"

namespace quantrail {
namespace {

class ImageDataset final : public Dataset {
 public:
  ImageDataset(ImageSourcePtr source, ImagePipeline pipeline, std::size_t size, Digest fingerprint)
      : source_(std::move(source)),
        pipeline_(std::move(pipeline)),
        inputs_{pipeline_.sample()},
        size_(size),
        fingerprint_(fingerprint) {}

  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override {
    Truth truth{.label = source_->label(index)};
    if (auto marked = source_->markings(index)) {
      truth.objects = std::move(marked->objects);
      truth.placement = pipeline_.placement(marked->size);
    }
    return truth;
  }
  [[nodiscard]] std::string describe(std::size_t index) const override { return source_->describe(index); }
  [[nodiscard]] std::vector<std::string> notes() const override { return source_->notes(); }
  [[nodiscard]] Digest fingerprint() const override { return fingerprint_; }

  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    auto image = source_->image(index);
    if (!image) return failed(image, describe(index));
    const auto written = pipeline_.write(std::move(*image), buffers.front());
    return written ? Status{} : failed(written, describe(index));
  }

 private:
  ImageSourcePtr source_;
  ImagePipeline pipeline_;
  std::vector<SampleInput> inputs_;
  std::size_t size_;
  Digest fingerprint_;
};

Result<Digest> fingerprint_of(const ImageSource& source, const ImagePipeline& pipeline, std::size_t size,
                              const OpenOptions& options) {
  Hasher hasher;
  hasher.add("images").add(static_cast<std::int64_t>(size));
  pipeline.add_to(hasher);
  if (const auto added = source.add_to(hasher, size, options); !added) return failed(added);
  return hasher.finish();
}

}  // namespace

Result<std::shared_ptr<const Dataset>> make_image_dataset(ImageSourcePtr source, const Preprocess& preprocess,
                                                          std::int64_t limit, std::span<const ValueInfo> inputs,
                                                          const OpenOptions& options) {
  if (inputs.size() != 1) {
    return fail(Cause::InvalidInput, "{}: images feed one input, the network has {}", source->describe(0),
                inputs.size());
  }
  auto first = source->image(0);
  if (!first) return failed(first, source->describe(0));
  auto pipeline = ImagePipeline::make(preprocess, inputs.front(), first->size);
  if (!pipeline) return failed(pipeline);
  if (const auto suits = fitted(preprocess, std::move(*first)); !suits) return failed(suits, source->describe(0));
  const std::size_t size = limit > 0 ? std::min(source->size(), static_cast<std::size_t>(limit)) : source->size();
  const auto fingerprint = fingerprint_of(*source, *pipeline, size, options);
  if (!fingerprint) return failed(fingerprint);
  return std::make_shared<ImageDataset>(std::move(source), std::move(*pipeline), size, *fingerprint);
}

}  // namespace quantrail
