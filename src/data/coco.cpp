#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "data/image_files.h"

namespace quantrail {
namespace {

using nlohmann::json;

/// One image of the file, with its objects.
struct CocoImage {
  ImageFile file{};
  ImageSize size{};
  std::vector<MarkedObject> objects{};
};

class CocoImages final : public ImageSource {
 public:
  CocoImages(ImageSourcePtr files, std::vector<Markings> markings)
      : files_(std::move(files)), markings_(std::move(markings)) {}

  [[nodiscard]] std::size_t size() const override { return files_->size(); }
  [[nodiscard]] std::optional<std::int64_t> label(std::size_t) const override { return std::nullopt; }
  [[nodiscard]] std::optional<Markings> markings(std::size_t index) const override { return markings_[index]; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return files_->describe(index); }

  [[nodiscard]] Result<Image> image(std::size_t index) const override {
    auto image = files_->image(index);
    const ImageSize said = markings_[index].size;
    if (!image || image->size == said) return image;
    return fail(Cause::InvalidInput, "is {} x {}, the annotations say {} x {}", image->size.width, image->size.height,
                said.width, said.height);
  }

  [[nodiscard]] Status add_to(Hasher& hasher, std::size_t count, const OpenOptions& options) const override {
    hasher.add("marked objects");
    for (std::size_t i = 0; i < count; ++i) {
      const auto& [size, objects] = markings_[i];
      hasher.add(size.width).add(size.height).add(static_cast<std::int64_t>(objects->size()));
      for (const auto& [box, category, crowd] : *objects) {
        hasher.add(box.left).add(box.top).add(box.right).add(box.bottom).add(category).add(std::int64_t{crowd});
      }
    }
    return files_->add_to(hasher, count, options);
  }

 private:
  ImageSourcePtr files_;
  std::vector<Markings> markings_;
};

/// One object of a list of the document, for reading members with messages that say where: "images[3].width".
struct Entry {
  const json& value;
  std::string place{};

  [[nodiscard]] Result<const json*> member(const char* key) const {
    if (!value.is_object()) return fail(Cause::InvalidInput, "{}: is no object", place);
    const auto found = value.find(key);
    if (found == value.end()) return fail(Cause::InvalidInput, "{}.{}: missing", place, key);
    return &*found;
  }

  [[nodiscard]] Result<std::int64_t> integer(const char* key, std::int64_t least, std::int64_t most) const {
    const auto found = member(key);
    if (!found) return failed(found);
    if (!(*found)->is_number_integer()) return fail(Cause::InvalidInput, "{}.{}: is no integer", place, key);
    const bool too_large = (*found)->is_number_unsigned() && (*found)->get<std::uint64_t>() > kMost;
    const auto number = too_large ? std::int64_t{-1} : (*found)->get<std::int64_t>();
    if (too_large || number < least || number > most) {
      return fail(Cause::InvalidInput, "{}.{}: is {}, allowed are {} to {}", place, key, (*found)->dump(), least, most);
    }
    return number;
  }

  [[nodiscard]] Result<std::int64_t> id(const char* key) const { return integer(key, 0, kMost); }

  static constexpr std::int64_t kMost = std::int64_t{1} << 62;
};

/// The list `key` of the document.
Result<std::vector<Entry>> entries_of(const json& document, const char* key) {
  const auto list = document.find(key);
  if (list == document.end()) return fail(Cause::InvalidInput, "{}: missing", key);
  if (!list->is_array()) return fail(Cause::InvalidInput, "{}: is no list", key);
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < list->size(); ++i) entries.push_back({(*list)[i], fmt::format("{}[{}]", key, i)});
  return entries;
}

/// The network's class by category id.
using Classes = std::map<std::int64_t, std::int64_t>;

Result<Classes> classes_of(const json& document) {
  const auto entries = entries_of(document, "categories");
  if (!entries) return failed(entries);
  Classes classes;
  for (const auto& entry : *entries) {
    const auto id = entry.id("id");
    if (!id) return failed(id);
    if (!classes.emplace(*id, 0).second) return fail(Cause::InvalidInput, "{}.id: {} is given twice", entry.place, *id);
  }
  std::int64_t next = 0;
  for (auto& [id, number] : classes) number = next++;
  return classes;
}

Result<CocoImage> image_of(const Entry& entry, const std::filesystem::path& root, const std::string& origin) {
  constexpr std::int64_t kMostSide = 1 << 24;
  const auto name = entry.member("file_name");
  if (!name) return failed(name);
  const auto* text = (*name)->get_ptr<const std::string*>();
  if (text == nullptr || text->empty() || text->find('\0') != std::string::npos)
    return fail(Cause::InvalidInput, "{}.file_name: is no file's name", entry.place);
  const auto width = entry.integer("width", 1, kMostSide);
  if (!width) return failed(width);
  const auto height = entry.integer("height", 1, kMostSide);
  if (!height) return failed(height);
  return CocoImage{.file = {.path = root / *text,
                            .origin = fmt::format("{}: {}", origin, entry.place),
                            .where = " (images are looked for in data.root, without it beside the annotations)"},
                   .size = {*width, *height}};
}

Result<Box> box_of(const Entry& entry) {
  constexpr double kFarthest = 1e9;
  const auto found = entry.member("bbox");
  if (!found) return failed(found);
  const json& sides = **found;
  const bool right = sides.is_array() && sides.size() == 4 &&
                     std::all_of(sides.begin(), sides.end(),
                                 [](const json& s) { return s.is_number() && std::abs(s.get<double>()) <= kFarthest; });
  if (!right) return fail(Cause::InvalidInput, "{}.bbox: four finite numbers are needed", entry.place);
  const double x = sides[0].get<double>(), y = sides[1].get<double>();
  const double width = sides[2].get<double>(), height = sides[3].get<double>();
  if (width < 0.0 || height < 0.0)
    return fail(Cause::InvalidInput, "{}.bbox: width and height must not be negative", entry.place);
  return Box{x, y, x + width, y + height};
}

Result<bool> crowd_of(const Entry& entry) {
  if (!entry.value.contains("iscrowd")) return false;
  const json& flag = entry.value["iscrowd"];
  if (flag.is_boolean()) return flag.get<bool>();
  const auto number = entry.integer("iscrowd", 0, 1);
  if (!number) return failed(number);
  return *number == 1;
}

Result<MarkedObject> object_of(const Entry& entry, const Classes& classes) {
  const auto category = entry.id("category_id");
  if (!category) return failed(category);
  const auto known = classes.find(*category);
  if (known == classes.end())
    return fail(Cause::InvalidInput, "{}.category_id: {} is not among the categories", entry.place, *category);
  const auto box = box_of(entry);
  if (!box) return failed(box);
  const auto crowd = crowd_of(entry);
  if (!crowd) return failed(crowd);
  return MarkedObject{.box = *box, .category = known->second, .crowd = *crowd};
}

/// Images in the file's order, by id.
struct Images {
  std::vector<CocoImage> list{};
  std::map<std::int64_t, std::size_t> by_id{};
};

Result<Images> images_of(const json& document, const std::filesystem::path& root, const std::string& origin) {
  const auto entries = entries_of(document, "images");
  if (!entries) return failed(entries);
  if (entries->empty()) return fail(Cause::InvalidInput, "images: there are none");
  Images images;
  for (const auto& entry : *entries) {
    const auto id = entry.id("id");
    if (!id) return failed(id);
    if (!images.by_id.emplace(*id, images.list.size()).second)
      return fail(Cause::InvalidInput, "{}.id: {} is given twice", entry.place, *id);
    auto image = image_of(entry, root, origin);
    if (!image) return failed(image);
    images.list.push_back(std::move(*image));
  }
  return images;
}

Status add_objects(const json& document, const Classes& classes, Images& images) {
  const auto entries = entries_of(document, "annotations");
  if (!entries) return failed(entries);
  std::set<std::int64_t> ids;
  for (const auto& entry : *entries) {
    const auto id = entry.id("id");
    if (!id) return failed(id);
    if (!ids.insert(*id).second) return fail(Cause::InvalidInput, "{}.id: {} is given twice", entry.place, *id);
    const auto image = entry.id("image_id");
    if (!image) return failed(image);
    const auto known = images.by_id.find(*image);
    if (known == images.by_id.end())
      return fail(Cause::InvalidInput, "{}.image_id: {} is not among the images", entry.place, *image);
    const auto object = object_of(entry, classes);
    if (!object) return failed(object);
    images.list[known->second].objects.push_back(*object);
  }
  return {};
}

Result<Images> images_with_objects(const json& document, const std::filesystem::path& root, const std::string& origin) {
  if (!document.is_object()) return fail(Cause::InvalidInput, "is no COCO file: an object is needed");
  const auto classes = classes_of(document);
  if (!classes) return failed(classes);
  auto images = images_of(document, root, origin);
  if (!images) return images;
  if (const auto added = add_objects(document, *classes, *images); !added) return failed(added);
  return images;
}

/// Deep nesting would overflow the stack when the document is destroyed; COCO needs few levels.
Result<json> parsed(const std::string& text) {
  constexpr int kMostLevels = 64;
  bool deep = false;
  const auto shallow = [&](int depth, json::parse_event_t, json&) {
    deep = deep || depth > kMostLevels;
    return depth <= kMostLevels;
  };
  try {
    auto document = json::parse(text, shallow);
    if (deep) return fail(Cause::InvalidInput, "more than {} levels", kMostLevels);
    return document;
  } catch (const json::exception& problem) {
    return fail(Cause::InvalidInput, "not valid JSON: {}", printable(problem.what()));
  }
}

bool is_to_be_found(const MarkedObject& object) { return !object.crowd; }

}  // namespace

Result<ImageSourcePtr> open_coco(const DataSpec& spec, bool labels_required) {
  const std::string name = printable(spec.path.string());
  const auto text = read_file(spec.path);
  if (!text) return failed(text);
  const auto document = parsed(*text);
  if (!document) return failed(document, name);
  auto images = images_with_objects(*document, spec.root.empty() ? spec.path.parent_path() : spec.root, name);
  if (!images) return failed(images, name);
  std::vector<ImageFile> files;
  std::vector<Markings> markings;
  bool any = false;
  for (auto& [file, size, objects] : images->list) {
    any = any || std::any_of(objects.begin(), objects.end(), is_to_be_found);
    files.push_back(std::move(file));
    markings.push_back({size, std::make_shared<const std::vector<MarkedObject>>(std::move(objects))});
  }
  if (labels_required && !any)
    return fail(Cause::InvalidInput, "{}: annotations: there is no object to find, crowds left aside", name);
  auto source = make_image_files(std::move(files));
  if (!source) return source;
  return std::make_unique<CocoImages>(std::move(*source), std::move(markings));
}

}  // namespace quantrail
