#include "daemon/domain/document.hpp"

#include <doctest/doctest.h>

#include "tests/unit/domain/samples.hpp"

namespace document_test {

using namespace kvmtune;
using namespace kvmtune::domain;

namespace {

std::string refusal_of(const std::string &bytes) {
    const auto document = Document::parse(bytes, "f.xml");
    if (document) return "accepted";
    CHECK(document.error().kind == ErrorKind::invalid);
    return document.error().what;
}

std::string nested(int depth) {
    std::string out = "<domain>";
    for (int i = 1; i < depth; ++i) out += "<a>";
    for (int i = 1; i < depth; ++i) out += "</a>";
    return out + "</domain>";
}

}  // namespace

TEST_CASE("every sample is read and keeps its bytes") {
    for (const auto &sample : samples::all()) {
        CAPTURE(sample.name);
        const auto document = Document::parse(sample.bytes, sample.name);
        CHECK_MESSAGE(document.has_value(), (document ? "" : document.error().what));
        if (document) CHECK(document->bytes() == sample.bytes);
    }
}

TEST_CASE("the tree has decoded names, values and text") {
    const Document document = samples::parsed(
        "<domain type=\"k&amp;&#x76;m\" xmlns:q='urn:q'><name>a&lt;<!-- x -->b<![CDATA[<c>&amp;]]></name>"
        "<q:x q:y=' a\n\tb '/></domain>");
    const Tree &tree = document.tree();
    CHECK(tree.value(Tree::root, "type") == "k&vm");
    CHECK(tree[tree.child(Tree::root, "name")].text == "a<b<c>&amp;");
    const NodeId foreign = tree[Tree::root].last_child;
    CHECK(tree[foreign].space == "urn:q");
    CHECK(tree[foreign].closes_itself());
    CHECK(tree.attributes_of(foreign)[0].space == "urn:q");
    CHECK(tree.attributes_of(foreign)[0].value == " a  b ");
    CHECK(tree.child(Tree::root, "x") == no_node);
}

TEST_CASE("values of a Latin-1 document are UTF-8 in the tree") {
    const Document document =
        samples::parsed("<?xml version='1.0' encoding='latin1'?><domain><n\xE9 v='\xFC'>\xE9</n\xE9></domain>");
    const Node &node = document.tree()[1];
    CHECK(node.name == "n\xC3\xA9");
    CHECK(node.text == "\xC3\xA9");
    CHECK(document.tree().value(1, "v") == "\xC3\xBC");
}

TEST_CASE("spans are those of the tags") {
    const std::string bytes = "<domain>\n <a b = \"1\" ><c/></a >\n</domain>";
    const Document document = samples::parsed(bytes);
    const auto part = [&](Span span) { return bytes.substr(span.begin, span.end - span.begin); };
    const Node &a = document.tree()[1];
    CHECK(part(a.start_tag) == "<a b = \"1\" >");
    CHECK(part(a.end_tag) == "</a >");
    CHECK(part(a.whole()) == "<a b = \"1\" ><c/></a >");
    CHECK(part(document.tree().attribute(1, "b")->whole) == "b = \"1\"");
    CHECK(part(document.tree().attribute(1, "b")->raw) == "1");
}

TEST_CASE("the UUID is read as libvirt prints it") {
    CHECK(samples::parsed("<domain/>").uuid().empty());
    CHECK(samples::parsed("<domain><uuid> 4DEA22B31D52d8f32516782e98ab3fa0\n</uuid></domain>").uuid() ==
          "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
    CHECK(refusal_of("<domain>\n  <uuid>4dea</uuid></domain>") == "f.xml:2:3: this is no UUID");
}

TEST_CASE("what is not well formed is refused at its place") {
    CHECK(refusal_of("") == "f.xml:1:1: there is no element in the document");
    CHECK(refusal_of("  \n ") == "f.xml:2:2: there is no element in the document");
    CHECK(refusal_of("x<domain/>") == "f.xml:1:1: text outside the root element");
    CHECK(refusal_of("<domain/>\n  x") == "f.xml:2:3: text outside the root element");
    CHECK(refusal_of("<domain/><![CDATA[ ]]>") == "f.xml:1:10: text outside the root element");
    CHECK(refusal_of("<domain/>\n<domain/>") == "f.xml:2:1: a second root element");
    CHECK(refusal_of("<domain>\n <a>\n</domain>") == "f.xml:3:1: </domain> where </a> must come");
    CHECK(refusal_of("<domain>\n <a>") == "f.xml:2:2: the element that starts here is never closed");
    CHECK(refusal_of("</domain>") == "f.xml:1:1: </domain> closes nothing");
    CHECK(refusal_of("<domain></>") == "f.xml:1:9: an end tag without a name");
    CHECK(refusal_of("<domain></domain x>") == "f.xml:1:18: a > is missing here");
    CHECK(refusal_of("<domain>\n< a/></domain>") == "f.xml:2:1: this < starts no tag");
    CHECK(refusal_of("<domain a='1'\n  b='2'c='3'/>") == "f.xml:2:8: a blank is missing here");
    CHECK(refusal_of("<domain a/>") == "f.xml:1:10: an = is missing here");
    CHECK(refusal_of("<domain a=1/>") == "f.xml:1:11: an attribute's value must be in quotes");
    CHECK(refusal_of("<domain a='1/>") == "f.xml:1:11: the quote that starts here is never closed");
    CHECK(refusal_of("<domain a='1><b/>'/>") == "f.xml:1:14: a < inside an attribute's value");
    CHECK(refusal_of("<domain a='1' a=\"2\"/>") == "f.xml:1:15: this attribute is there twice");
    CHECK(refusal_of("<domain 1='1'/>") == "f.xml:1:9: this is no attribute");
    CHECK(refusal_of("<domain / >") == "f.xml:1:10: a > is missing here");
    CHECK(refusal_of("<domain a='1'") == "f.xml:1:1: the tag that starts here is never closed");
    CHECK(refusal_of("<domain>a & b</domain>") ==
          "f.xml:1:11: this & starts no reference that XML knows without a DOCTYPE");
    CHECK(refusal_of("<domain a='&nbsp;'/>") ==
          "f.xml:1:12: this & starts no reference that XML knows without a DOCTYPE");
    CHECK(refusal_of("<domain>&#0;</domain>") ==
          "f.xml:1:9: this & starts no reference that XML knows without a DOCTYPE");
    CHECK(refusal_of("<domain>&#xD800;</domain>").starts_with("f.xml:1:9: "));
    CHECK(refusal_of("<domain>\n]]></domain>") == "f.xml:2:1: \"]]>\" inside text");
    CHECK(refusal_of("<domain><!-- a -- b --></domain>") == "f.xml:1:16: \"--\" inside a comment");
    CHECK(refusal_of("<domain><!-- a --->\n</domain>") == "f.xml:1:16: \"--\" inside a comment");
    CHECK(refusal_of("<domain>\n<!-- a") == "f.xml:2:1: the comment that starts here is never closed");
    CHECK(refusal_of("<domain><![CDATA[a]]") == "f.xml:1:9: the CDATA section that starts here is never closed");
    CHECK(refusal_of("<domain><?a b") == "f.xml:1:9: the processing instruction that starts here is never closed");
    CHECK(refusal_of("<domain><? a?></domain>") == "f.xml:1:9: a processing instruction without a name");
    CHECK(refusal_of("<domain><?xml version='1.0'?></domain>") ==
          "f.xml:1:9: an XML declaration behind the start of the document");
    CHECK(refusal_of(" <?xml version='1.0'?><domain/>") ==
          "f.xml:1:2: an XML declaration behind the start of the document");
    CHECK(refusal_of("<?xml version='1.0'><domain/>") == "f.xml:1:20: the XML declaration is malformed");
    CHECK(refusal_of("<!DOCTYPE domain>\n<domain/>") == "f.xml:1:1: a DOCTYPE is not accepted in a domain's XML");
    CHECK(refusal_of("<!-- x -->\n<!DOCTYPE d [<!ENTITY e 'x'>]><domain>&e;</domain>")
              .starts_with("f.xml:2:1: a DOCTYPE"));
}

TEST_CASE("columns count characters and lines count line feeds") {
    CHECK(refusal_of("\xEF\xBB\xBF<domain>&</domain>").starts_with("f.xml:1:9: "));
    CHECK(refusal_of("<domain>\r\n\xC3\xA9\xE2\x82\xAC&</domain>").starts_with("f.xml:2:3: "));
    CHECK(refusal_of("<?xml version='1.0' encoding='ISO-8859-1'?>\n<domain>\xE9\xE9&</domain>")
              .starts_with("f.xml:2:11: "));
}

TEST_CASE("other encodings and bad bytes are refused") {
    CHECK(refusal_of(std::string("\xFF\xFE<\0d\0", 6)).starts_with("f.xml:1:1: UTF-16"));
    CHECK(refusal_of(std::string("\0<\0d", 4)).starts_with("f.xml:1:1: UTF-16"));
    CHECK(refusal_of("<?xml version='1.0' encoding='UTF-16'?><domain/>") ==
          "f.xml:1:21: this encoding is not supported; use UTF-8, ISO-8859-1 or US-ASCII");
    CHECK(refusal_of("<?xml version='1.0' encoding='windows-1252'?><domain/>").starts_with("f.xml:1:21: "));
    CHECK(refusal_of("<?xml version='1.1'?><domain/>") == "f.xml:1:7: only XML 1.0 is supported");
    CHECK(refusal_of("\xEF\xBB\xBF<?xml version='1.0' encoding='latin1'?><domain/>")
              .starts_with("f.xml:1:21: the byte order"));
    CHECK(refusal_of("<domain>\n\xE9</domain>") == "f.xml:2:1: this is no character of XML in UTF-8");
    CHECK(refusal_of("<domain>\xC0\x80</domain>").starts_with("f.xml:1:9: "));
    CHECK(refusal_of("<domain>\xED\xA0\x80</domain>").starts_with("f.xml:1:9: "));
    CHECK(refusal_of("<domain>a\x01</domain>").starts_with("f.xml:1:10: "));
    CHECK(refusal_of(std::string("<domain>a\0</domain>", 19)).starts_with("f.xml:1:10: "));
    CHECK(refusal_of("<?xml version='1.0' encoding='US-ASCII'?><domain>\xC3\xA9</domain>") ==
          "f.xml:1:50: this is no character of XML in US-ASCII");
}

TEST_CASE("limits hold") {
    CHECK(Document::parse(nested(256), "f.xml").has_value());
    CHECK(refusal_of(nested(257)) ==
          "f.xml:1:" + std::to_string(9 + 3 * 255) + ": more than 256 elements inside each other");
    CHECK(refusal_of("<domain>" + std::string(Document::size_limit, ' ') + "</domain>") ==
          "f.xml:1:1: the document is larger than 16 MiB");
    std::string many = "<domain";
    for (int i = 0; i < 257; ++i) many += " a" + std::to_string(i) + "=''";
    CHECK(refusal_of(many + "/>").ends_with("more than 256 attributes in one tag"));
}

TEST_CASE("the root must be a domain") {
    CHECK(refusal_of("<!-- x -->\n<network/>") == "f.xml:2:1: a <network> document; only <domain> documents are taken");
    CHECK(refusal_of("<domain xmlns='urn:x'/>") ==
          "f.xml:1:1: a <domain> document of a namespace; only <domain> documents are taken");
    CHECK(refusal_of("<domainsnapshot><domain/></domainsnapshot>") ==
          "f.xml:1:1: a <domainsnapshot> document, a snapshot of a domain; only <domain> documents are taken");
    CHECK(refusal_of("<domstatus state='running'><domain/></domstatus>") ==
          "f.xml:1:1: a <domstatus> document, the state of a running domain; only <domain> documents are taken");
}

TEST_CASE("a prefix that is not declared is refused at its tag") {
    CHECK(refusal_of("<domain>\n  <q:a/></domain>") ==
          "f.xml:2:3: a namespace prefix in this tag is not declared, or wrong");
    CHECK(refusal_of("<domain>\n  <a q:b=''/></domain>").starts_with("f.xml:2:3: "));
}

TEST_CASE("errors quote no value") {
    const std::vector<std::string> broken = {"<domain><graphics passwd='s3cret/></domain>",
                                             "<domain><graphics passwd=s3cret/></domain>",
                                             "<domain><graphics passwd='a&s3cret;b'/></domain>",
                                             "<domain><graphics passwd='s3cret' passwd='s3cret'/></domain>",
                                             "<domain><graphics passwd='s3cret'x='s3cret'/></domain>",
                                             "<domain><a>s3cret&s3cret</a></domain>",
                                             "<domain><uuid>s3cret</uuid></domain>",
                                             "<domain xmlns:q='s3cret s3cret' q:a='1' r:b='s3cret'/>"};
    for (const std::string &bytes : broken) {
        CAPTURE(bytes);
        CHECK(refusal_of(bytes).find("s3cret") == std::string::npos);
        CHECK(refusal_of(bytes) != "accepted");
    }
}

}  // namespace document_test
