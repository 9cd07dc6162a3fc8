#pragma once

#include <memory>
#include <span>

#include "base/error.h"
#include "data/dataset.h"
#include "data/image_source.h"
#include "data/open.h"

namespace quantrail {

/// The images of `source`, preprocessed for the network's only input. Decodes the first image to learn whether it
/// suits. `limit` 0: all images. Errors: InvalidInput naming the sample or the input.
[[nodiscard]] Result<std::shared_ptr<const Dataset>> make_image_dataset(ImageSourcePtr source,
                                                                        const Preprocess& preprocess,
                                                                        std::int64_t limit,
                                                                        std::span<const ValueInfo> inputs,
                                                                        const OpenOptions& options);

}  // namespace quantrail
