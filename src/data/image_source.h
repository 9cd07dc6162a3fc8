#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "config/config.h"
#include "data/image.h"
#include "data/open.h"
#include "model/truth.h"

namespace quantrail {

struct ArrayFiles;

/// The objects that were marked in an image, whose size their boxes refer to.
struct Markings {
  ImageSize size{};
  std::shared_ptr<const std::vector<MarkedObject>> objects{};  ///< not null
};

/// Images with labels, before preprocessing. Immutable and thread-safe.
class ImageSource {
 public:
  virtual ~ImageSource() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Errors: InvalidInput; the message does not name the sample, describe() does.
  [[nodiscard]] virtual Result<Image> image(std::size_t index) const = 0;
  [[nodiscard]] virtual std::optional<std::int64_t> label(std::size_t index) const = 0;
  /// Nothing where objects are not marked.
  [[nodiscard]] virtual std::optional<Markings> markings(std::size_t) const { return std::nullopt; }
  [[nodiscard]] virtual std::string describe(std::size_t index) const = 0;
  /// As Dataset's.
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }
  /// Adds the content of the first `count` images, their labels and markings.
  [[nodiscard]] virtual Status add_to(Hasher& hasher, std::size_t count, const OpenOptions& options) const = 0;
};

using ImageSourcePtr = std::unique_ptr<const ImageSource>;

/// Images named in a text file, one per line: path, then a comma, tab or blanks, then the label, which is an integer
/// or, with spec.classes, one of the names there (one per line, class 0 first). It is what stands last and may be
/// missing where labels are not required; a path may hold blanks and commas, or stand between quotes. Blank lines and
/// lines that start with # are skipped. Paths are relative to spec.root, or else to the list's folder. Every file is
/// looked for now.
[[nodiscard]] Result<ImageSourcePtr> open_image_list(const DataSpec& spec, bool labels_required);

/// Whether most lines of an image_list have something behind the path of an image, whatever it is worth as a label.
[[nodiscard]] bool lists_labels(const DataSpec& spec);

/// A folder with a subfolder per class, whose labels are as class_folders() says; images (.jpg, .jpeg, .jfif, .png in
/// any case) lie in them at any depth, other files are skipped, but for images of other kinds, which are refused: a
/// class would silently lack them. Where labels are not required, images without subfolders will do. `classes`: as
/// OpenOptions'.
[[nodiscard]] Result<ImageSourcePtr> open_image_folder(const DataSpec& spec, bool labels_required,
                                                       std::int64_t classes = 0);

/// Images with marked objects, as COCO's "instances" JSON describes them: images (id, file_name, width, height) in
/// their order, annotations (image_id, category_id, bbox [x,y,width,height], iscrowd), categories (id), whose ids in
/// ascending order are the network's classes 0, 1, ... Other members are not read. Paths are relative to spec.root, or
/// else to the file's folder; every file is looked for now. With `labels_required`, at least one object must be marked.
/// Errors: InvalidInput for anything missing, of another type, not finite, given twice, or naming what is not there.
[[nodiscard]] Result<ImageSourcePtr> open_coco(const DataSpec& spec, bool labels_required);

/// CIFAR-10's binary batches: records of a label and three planes of 32 x 32 bytes. A folder means its
/// data_batch_*.bin in the order of their names.
[[nodiscard]] Result<ImageSourcePtr> open_cifar10(const DataSpec& spec);

/// The rows of the only array, which is uint8 [N,H,W,C] or [N,C,H,W], as spec.layout says, with 1 or 3 channels, or
/// [N,H,W] with one. Errors: InvalidInput for other arrays.
[[nodiscard]] Result<ImageSourcePtr> images_of(ArrayFiles files, const DataSpec& spec);

}  // namespace quantrail
