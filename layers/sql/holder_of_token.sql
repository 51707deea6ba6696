-- What a version is called while it is published, if it is called otherwise now; and which version is called so now.
SELECT v.content_token, holder.id
FROM catalogue.layer_version AS v
LEFT JOIN catalogue.layer_version AS holder
  ON holder.layer_id = v.layer_id AND holder.token = v.content_token
WHERE v.id = %(id)s AND v.content_token <> v.token
