#include <charconv>
#include <string_view>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "data/image_files.h"

namespace quantrail {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

enum class Number { None, OutOfRange, Whole };

Number whole_number(std::string_view text, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return Number::None;
  return error == std::errc::result_out_of_range ? Number::OutOfRange : Number::Whole;
}

/// A line that is not blank, as an image; `origin` is file and line.
Result<ImageFile> entry_of(std::string_view line, const std::string& origin, const std::filesystem::path& root,
                           bool label_required) {
  if (line.find('\0') != std::string_view::npos)
    return fail(Cause::InvalidInput, "{}: the line holds a zero byte, this is no text file", origin);
  ImageFile file;
  file.origin = origin;
  std::string_view path = line;
  const auto blank = line.find_last_of(kBlanks);
  const std::string_view last = blank == std::string_view::npos ? std::string_view{} : line.substr(blank + 1);
  std::int64_t label = 0;
  const Number number = last.empty() ? Number::None : whole_number(last, label);
  if (number != Number::None) {
    if (number == Number::OutOfRange || label < 0) {
      return fail(Cause::InvalidInput, "{}: the label is {}, allowed are 0 and more", origin, printable(last));
    }
    file.label = label;
    path = trimmed(line.substr(0, blank));
  } else if (label_required) {
    return fail(Cause::InvalidInput, "{}: the label is {}, an integer is needed: \"path label\"", origin,
                last.empty() ? "missing" : "\"" + printable(last) + "\"");
  }
  file.path = root / path;
  return file;
}

}  // namespace

Result<ImageSourcePtr> open_image_list(const DataSpec& spec, bool labels_required) {
  const auto text = read_file(spec.path);
  if (!text) return failed(text);
  std::string_view rest = *text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  const auto root = spec.root.empty() ? spec.path.parent_path() : spec.root;
  std::vector<ImageFile> files;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const auto end = rest.find('\n');
    const std::string_view content = trimmed(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (content.empty() || content.front() == '#') continue;
    auto file = entry_of(content, fmt::format("{}:{}", spec.path.string(), line), root, labels_required);
    if (!file) return failed(file);
    files.push_back(std::move(*file));
  }
  if (files.empty()) return fail(Cause::InvalidInput, "{}: there are no images in the list", spec.path.string());
  return make_image_files(std::move(files));
}

}  // namespace quantrail
