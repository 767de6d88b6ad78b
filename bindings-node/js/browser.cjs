// What a bundle for browsers gets instead of the package.
'use strict'

throw new Error('keywright: an API key that reaches a browser is public; call the service from a server of yours')
