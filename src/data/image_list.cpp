#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "data/class_names.h"
#include "data/image_files.h"

namespace quantrail {
namespace {

/// What may stand before a label, the surest first.
constexpr std::string_view kSeparators = ",\t ";

struct ListRules {
  std::filesystem::path root{};
  std::optional<ClassNames> classes{};  ///< nothing: labels are the numbers
  bool labels_required = false;
};

/// The path and label of a line.
struct Fields {
  std::string path{};
  std::optional<std::int64_t> label{};
  std::string_view refused{};  ///< without a label: what stands in its place, if anything
};

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// Nothing where `text` is no label.
Result<std::optional<std::int64_t>> label_of(std::string_view text, const ListRules& rules) {
  if (rules.classes) {
    const auto found = rules.classes->find(text);
    return found == rules.classes->end() ? std::nullopt : std::optional(found->second);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range || value < 0)
    return fail(Cause::InvalidInput, "the label is {}, allowed are 0 and more", printable(text));
  return value;
}

tl::unexpected<Error> no_label(std::string_view found, const ListRules& rules) {
  std::vector<std::string> names;
  if (rules.classes) {
    for (const auto& [name, number] : *rules.classes) names.push_back(name);
  }
  return fail(Cause::InvalidInput, "the label is {}{}, {} is needed: \"path label\" or \"path,label\"",
              found.empty() ? "missing" : "\"" + printable(found) + "\"", printable(did_you_mean(found, names)),
              rules.classes ? "a name of data.classes" : "an integer");
}

/// A line whose path stands between quotes, which are doubled within it.
Result<Fields> quoted_fields(std::string_view line, const ListRules& rules) {
  Fields out;
  std::size_t at = 1;
  for (; at < line.size(); ++at) {
    if (line[at] == '"' && !line.substr(at + 1).starts_with('"')) break;
    if (line[at] == '"') ++at;
    out.path += line[at];
  }
  if (at >= line.size()) return fail(Cause::InvalidInput, "the closing quote of the path is missing");
  std::string_view rest = line.substr(at + 1);
  if (!rest.empty() && kSeparators.find(rest.front()) == std::string_view::npos)
    return fail(Cause::InvalidInput, "after the closing quote of the path, a comma or blank is needed");
  rest = trimmed_line(rest);
  if (rest.starts_with(',')) rest = trimmed_line(rest.substr(1));
  if (rest.empty()) return out;
  const auto label = label_of(unquoted(rest), rules);
  if (!label) return failed(label);
  if (!*label) return no_label(rest, rules);
  out.label = *label;
  return out;
}

/// A line whose path may hold separators: a label is what is one behind the last of them.
Result<Fields> plain_fields(std::string_view line, const ListRules& rules) {
  Fields out{std::string(line), {}, {}};
  for (const char separator : kSeparators) {
    const auto at = line.find_last_of(separator);
    if (at == std::string_view::npos) continue;
    const std::string_view last = unquoted(trimmed_line(line.substr(at + 1)));
    const auto label = label_of(last, rules);
    if (!label) return failed(label);
    if (*label) return Fields{std::string(trimmed_line(line.substr(0, at))), *label, {}};
    if (out.refused.empty()) out.refused = last;
  }
  return out;
}

/// A line that is not blank, as an image; `origin` is file and line.
Result<ImageFile> entry_of(std::string_view line, const std::string& origin, const ListRules& rules) {
  if (line.find('\0') != std::string_view::npos)
    return fail(Cause::InvalidInput, "the line holds a zero byte, this is no text file");
  auto fields = line.front() == '"' ? quoted_fields(line, rules) : plain_fields(line, rules);
  if (!fields) return failed(fields);
  if (!fields->label && rules.labels_required) return no_label(fields->refused, rules);
  constexpr std::string_view kUnsplit =
      " (a line is \"path label\" or \"path,label\", or a path alone; the label is an integer or, with data.classes, a "
      "name; a header must be removed)";
  return ImageFile{rules.root / fields->path, fields->label, origin, fields->label ? std::string_view() : kUnsplit};
}

}  // namespace

Result<ImageSourcePtr> open_image_list(const DataSpec& spec, bool labels_required) {
  const auto text = read_file(spec.path);
  if (!text) return failed(text);
  ListRules rules{spec.root.empty() ? spec.path.parent_path() : spec.root, {}, labels_required};
  if (!spec.classes.empty()) {
    auto classes = read_class_names(spec.classes);
    if (!classes) return failed(classes);
    rules.classes = std::move(*classes);
  }
  std::vector<ImageFile> files;
  const auto lines = trimmed_lines(*text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty() || lines[i].front() == '#') continue;
    const std::string origin = fmt::format("{}:{}", spec.path.string(), i + 1);
    auto file = entry_of(lines[i], origin, rules);
    if (!file && files.empty())
      return fail(file.error().cause, "{}: {} (if this line is a header, remove it)", origin, file.error().message);
    if (!file) return failed(file, origin);
    files.push_back(std::move(*file));
  }
  if (files.empty()) return fail(Cause::InvalidInput, "{}: there are no images in the list", spec.path.string());
  return make_image_files(std::move(files));
}

}  // namespace quantrail
