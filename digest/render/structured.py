"""The web copy's data for machines: schema.org in JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from digest.model.edition import Edition
from digest.render.publication import Publication
from digest.render.views import CorrectionView, EditionView, PictureView, StoryView

# Of schema.org's IPTCDigitalSourceEnumeration: text that a trained model wrote, and what holds some of it.
MODEL_MADE = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
PARTLY_MODEL_MADE = "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"


def structured_data(
    edition: Edition,
    view: EditionView,
    publication: Publication,
    url: str,
    corrections: Sequence[CorrectionView] = (),
) -> dict[str, object]:
    """One NewsArticle for the edition, its stories as an ItemList; model-made summaries say so.

    ``corrections`` of it are there as well; an edition that is one has its text.
    """
    stories = view.cards
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": f"{view.title}, {view.date}",
        "url": url,
        "datePublished": edition.key.slot.astimezone(UTC).isoformat(),
        "inLanguage": view.language,
        "publisher": {"@type": "Organization", "name": publication.publisher or publication.name},
        "mainEntity": {
            "@type": "ItemList",
            "numberOfItems": len(stories),
            "itemListElement": [
                {"@type": "ListItem", "position": number, "item": _item(story)}
                for number, story in enumerate(stories, start=1)
            ],
        },
    }
    if view.correction:
        del data["mainEntity"]
        data |= {"headline": view.correction.headline, "articleBody": "\n\n".join(view.correction.paragraphs)}
    if corrections:
        data["correction"] = [
            {
                "@type": "CorrectionComment",
                "text": "\n\n".join((one.headline, *one.paragraphs)),
                "datePublished": one.moment,
            }
            for one in corrections
        ]
    if view.picture:
        data["image"] = _image(view.picture)
    made = [story.model_made for story in stories if story.summary]
    if any(made):
        data["digitalSourceType"] = MODEL_MADE if all(made) else PARTLY_MODEL_MADE
    return data


def _image(picture: PictureView) -> dict[str, object]:
    image: dict[str, object] = {
        "@type": "ImageObject",
        "contentUrl": picture.url,
        "width": picture.full_width,
        "height": picture.full_height,
    }
    if picture.credited_to:
        image["creditText"] = picture.credited_to
    if picture.alt:
        image["description"] = picture.alt
    return image


def _item(story: StoryView) -> dict[str, object]:
    item: dict[str, object] = {
        "@type": "NewsArticle",
        "headline": story.headline,
        "articleSection": story.theme.name,
    }
    if story.url:
        item["url"] = story.url
    if story.moment:
        item["datePublished"] = story.moment
    if story.language:
        item["inLanguage"] = story.language
    if story.summary:
        summary: dict[str, object] = {"@type": "CreativeWork", "text": story.summary, "creditText": story.how}
        if story.model_made:
            summary["digitalSourceType"] = MODEL_MADE
        item["hasPart"] = summary
    citations = [link.url for link in story.others if link.url]
    if citations:
        item["citation"] = citations
    return item
